//! New SKUs: each becomes a draft product of one variant, as staff would write it; those of a part in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use domain::catalog::Product;
use domain::import::{Import, ImportLine};
use domain::text::Slug;
use edge::Error;
use store::catalog::Read;
use store::stamp::Cause;
use store::{Tx, TxError};

use crate::WorkImport;

/// What became of some new SKUs.
pub(crate) enum Made {
    /// Each is a product now.
    All,
    /// None is: one of them cannot be, for this reason.
    Refused(u32, String),
    /// None is: others wrote the same records meanwhile.
    Stale,
    /// None is: the import is not booked any more.
    Ended,
}

/// Why nothing was written.
enum NotWritten {
    Stale,
    Ended,
}

/// Makes the products of lines whose SKUs there are not: at most 25, for each is three writes. While the import
/// is booked alone.
///
/// # Errors
/// When the catalogue does not answer.
pub(crate) async fn make(
    shop: &WorkImport,
    import: &Import,
    lines: &[&ImportLine],
    cause: &Cause,
) -> Result<Made, Error> {
    let currency = shop.shop.get(shop.context.now()).await?.currency;
    let free = free_addresses(shop, lines).await?;
    let still = shop.imports.still(&import.id, import.status)?;
    let mut tx = Tx::new().and(still, |_| NotWritten::Ended);
    for line in lines {
        let refused = |detail: String| Ok(Made::Refused(line.row, detail));
        let Some(draft) = line.draft() else {
            return refused(format!("There is no SKU {}.", line.sku));
        };
        let Some((address, read)) = free.get(&line.row) else {
            return refused(format!("Other products have every address that {} could have.", line.sku));
        };
        let made = draft.apply(None, shop.context.new_id(), address, currency, shop.context.now());
        let product: Product = match made {
            Ok(product) => product,
            Err(errors) => {
                let details: Vec<String> = errors.into_iter().map(|error| error.detail).collect();
                return refused(details.join(" "));
            }
        };
        for write in shop.catalog.write(read, &product, read.sold_out(), cause.clone())? {
            tx = tx.and(write, |_| NotWritten::Stale);
        }
        for change in product.listing_changes(None) {
            for write in shop.stock.list(&change, None, cause)? {
                tx = tx.and(write, |_| NotWritten::Stale);
            }
        }
    }
    match tx.commit(&shop.context.db()).await {
        Ok(()) => Ok(Made::All),
        Err(TxError::Refused(NotWritten::Stale)) => Ok(Made::Stale),
        Err(TxError::Refused(NotWritten::Ended)) => Ok(Made::Ended),
        Err(TxError::Store(error)) => Err(error.into()),
    }
}

/// The first address of each line, by its row, that no product has and no line before it takes.
async fn free_addresses(shop: &WorkImport, lines: &[&ImportLine]) -> Result<BTreeMap<u32, (Slug, Read)>, Error> {
    let mut wanted: Vec<_> = lines.iter().map(|line| (line.row, line.addresses().into_iter().peekable())).collect();
    let (mut free, mut taken) = (BTreeMap::new(), BTreeSet::new());
    while !wanted.is_empty() {
        let next: Vec<Slug> = wanted.iter_mut().filter_map(|(_, addresses)| addresses.peek().cloned()).collect();
        let mut read = shop.catalog.read_all_for_write(&next).await?;
        wanted.retain_mut(|(row, addresses)| {
            let Some(address) = addresses.next() else { return false };
            match read.remove(&address) {
                Some(read) if read.product.is_none() && taken.insert(address.clone()) => {
                    free.insert(*row, (address, read));
                    false
                }
                // Another product has it, or a line before this one takes it.
                Some(_) | None => true,
            }
        });
    }
    Ok(free)
}
