//! New SKUs: each becomes a draft product of one variant, as staff would write it.

use domain::catalog::Product;
use domain::import::ImportLine;
use edge::Error;
use store::catalog::Read;
use store::stamp::Cause;
use store::{Tx, TxError};

use crate::WorkImport;

/// How often a product is tried over other writes of the catalogue.
const ATTEMPTS: u32 = 8;

/// Why a product was not written.
enum NotWritten {
    /// The catalogue was written meanwhile.
    Stale,
    /// Another product has the SKU.
    Taken,
}

/// Makes the product of a line whose SKU there is not, or finds that somebody else was faster.
///
/// # Errors
/// Outside, what failed; inside, what is wrong with the line.
pub(crate) async fn make(shop: &WorkImport, line: &ImportLine, cause: &Cause) -> Result<Result<(), String>, Error> {
    let Some(draft) = line.draft() else {
        return Ok(Err(format!("There is no SKU {}.", line.sku)));
    };
    let currency = shop.shop.get(shop.context.now()).await?.currency;
    let mut addresses = line.addresses().into_iter();
    let mut attempt = 0;
    let mut address = addresses.next();
    while let Some(slug) = &address {
        shop.context.pause(attempt).await;
        let read = shop.catalog.read_for_write(slug).await?;
        if read.product.is_some() {
            address = addresses.next();
            continue;
        }
        let made = draft.clone().apply(None, shop.context.new_id(), slug, currency, shop.context.now());
        let product = match made {
            Ok(product) => product,
            Err(errors) => return Ok(Err(errors.into_iter().map(|error| error.detail).collect::<Vec<_>>().join(" "))),
        };
        attempt += 1;
        match commit(shop, &read, &product, cause).await {
            Ok(()) | Err(TxError::Refused(NotWritten::Taken)) => return Ok(Ok(())),
            Err(TxError::Refused(NotWritten::Stale)) if attempt < ATTEMPTS => {}
            Err(TxError::Refused(NotWritten::Stale)) => return Err("the catalogue is being written".into()),
            Err(TxError::Store(error)) => return Err(error.into()),
        }
    }
    Ok(Err(format!("Other products have every address that {} could have.", line.sku)))
}

async fn commit(shop: &WorkImport, read: &Read, product: &Product, cause: &Cause) -> Result<(), TxError<NotWritten>> {
    let mut tx = Tx::new();
    for write in shop.catalog.write(read, product, cause.clone()).map_err(TxError::Store)? {
        tx = tx.and(write, |_| NotWritten::Stale);
    }
    for change in product.listing_changes(None) {
        for write in shop.stock.list(&change, None, cause).map_err(TxError::Store)? {
            tx = tx.and(write, |_| NotWritten::Taken);
        }
    }
    tx.commit(&shop.context.db()).await
}
