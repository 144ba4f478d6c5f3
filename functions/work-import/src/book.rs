//! Booking, part by part: each part is one transaction with the note that it was booked, on the condition that the
//! import is booked still. Booking back is the same with what was noted.

use std::collections::BTreeMap;

use domain::import::{Applied, CheckedLine, Import, ImportLine, ImportStatus, RowError};
use domain::stock::{Movement, Shelf, Stock, book};
use domain::text::{LocationId, Sku};
use edge::Error;
use store::stamp::Cause;
use store::stock::Adjusted;
use store::{Tx, TxError, Write};

use crate::drafts::{self, Made};
use crate::{WorkImport, cause};

/// How often a part is tried over other writes of the same shelves.
const ATTEMPTS: u32 = 8;
/// The parts of one message, of two transactions each where their SKUs are new: far fewer than it has time for.
const PARTS: u32 = 40;

/// What became of a part.
enum Part {
    /// It is booked, now or by an earlier message: so many lines.
    Booked(usize),
    /// A row cannot be booked.
    Refused(RowError),
    /// The import is not booked any more.
    Ended,
}

/// Why a part was not written.
enum NotWritten {
    /// It was before.
    Repeated,
    /// The import is not booked any more.
    Ended,
    /// A shelf is not as it was read.
    Stale,
}

/// What is booked of a line.
struct Shift {
    sku: Sku,
    location: LocationId,
    before: i64,
    movement: Movement,
    counted: bool,
}

/// Books some parts, and says that work is left where it is.
pub(crate) async fn apply(shop: &WorkImport, mut import: Import, correlation: &str) -> Result<(), Error> {
    let cause = cause(&import, "imported", correlation);
    let end = import.parts.min(import.part + PARTS);
    while import.part < end {
        match book_part(shop, &import, &cause).await? {
            Part::Booked(lines) => {
                import.part += 1;
                import.done += u32::try_from(lines).unwrap_or_default();
            }
            Part::Refused(error) => {
                import.refused(error)?;
                break;
            }
            Part::Ended => return Ok(()),
        }
    }
    if import.status == ImportStatus::Applying && import.part == import.parts {
        import.finish()?;
    }
    shop.save(&import, import.is_at_work(), &cause).await?;
    Ok(())
}

/// Books some parts back, and says that work is left where it is.
pub(crate) async fn undo(shop: &WorkImport, mut import: Import, correlation: &str) -> Result<(), Error> {
    let cause = cause(&import, "import undone", correlation);
    for _ in 0..PARTS {
        let Some(booked) = shop.imports.booked(&import.id, import.part).await? else {
            import.finish()?;
            break;
        };
        let gone = undo_part(shop, &import, &booked, &cause).await?;
        import.wrong(gone);
        import.part += 1;
        import.done += u32::try_from(booked.len()).unwrap_or_default();
    }
    shop.save(&import, import.is_at_work(), &cause).await?;
    Ok(())
}

async fn book_part(shop: &WorkImport, import: &Import, cause: &Cause) -> Result<Part, Error> {
    let lines = shop.imports.lines(import, import.part).await?;
    let places: Vec<_> = lines.iter().map(|checked| (&checked.line.sku, &checked.line.location)).collect();
    for attempt in 0..ATTEMPTS {
        shop.context.pause(attempt).await;
        let mut known = shop.stock.at(&places).await?;
        let mut missing: BTreeMap<&Sku, &ImportLine> = BTreeMap::new();
        for CheckedLine { line, .. } in lines.iter().filter(|checked| !known.contains_key(&checked.line.sku)) {
            missing.entry(&line.sku).or_insert(line);
        }
        if !missing.is_empty() {
            let missing: Vec<&ImportLine> = missing.into_values().collect();
            match drafts::make(shop, import, &missing, cause).await? {
                Made::All => {}
                Made::Refused(row, detail) => return Ok(Part::Refused(import.row_error(row, detail))),
                Made::Stale => continue,
                Made::Ended => return Ok(Part::Ended),
            }
            known = shop.stock.at(&places).await?;
        }
        let (applied, shifts) = match decide(import, &lines, &mut known) {
            Ok(decided) => decided,
            Err(error) => return Ok(Part::Refused(error)),
        };
        let note = shop.imports.keep_booked(import, import.part, &applied)?;
        match commit(shop, import, note, &shifts, &known, cause).await {
            Ok(()) | Err(TxError::Refused(NotWritten::Repeated)) => return Ok(Part::Booked(lines.len())),
            Err(TxError::Refused(NotWritten::Ended)) => return Ok(Part::Ended),
            Err(TxError::Refused(NotWritten::Stale)) => {}
            Err(TxError::Store(error)) => return Err(error.into()),
        }
    }
    Err("these shelves are being written".into())
}

/// What each line books, in their order, of what the lines before it leave.
fn decide(
    import: &Import,
    lines: &[CheckedLine],
    known: &mut BTreeMap<Sku, Stock>,
) -> Result<(Vec<Applied>, Vec<Shift>), RowError> {
    let (mut applied, mut shifts) = (Vec::with_capacity(lines.len()), Vec::new());
    for checked in lines {
        let line = &checked.line;
        let wrong = |detail: String| import.row_error(line.row, detail);
        let stock = known.get_mut(&line.sku).ok_or_else(|| wrong(format!("There is no SKU {}.", line.sku)))?;
        let before = on_hand(stock, &line.location);
        let (booked, movement) = checked.book(stock).map_err(|refusal| wrong(refusal.to_string()))?;
        if let Some(movement) = movement {
            *stock = stock.after(&movement).map_err(|refusal| wrong(refusal.to_string()))?;
            let counted = matches!(line.change, domain::import::ImportChange::Count(_));
            shifts.push(Shift { sku: line.sku.clone(), location: line.location.clone(), before, movement, counted });
        }
        applied.push(booked);
    }
    Ok((applied, shifts))
}

/// Books a part back; what of it has left the shop since.
async fn undo_part(
    shop: &WorkImport,
    import: &Import,
    booked: &[Applied],
    cause: &Cause,
) -> Result<Vec<RowError>, Error> {
    let places: Vec<_> = booked.iter().map(|line| (&line.sku, &line.location)).collect();
    for attempt in 0..ATTEMPTS {
        shop.context.pause(attempt).await;
        let mut known = shop.stock.at(&places).await?;
        let (mut gone, mut shifts) = (Vec::new(), Vec::new());
        for line in booked {
            let Some(stock) = known.get_mut(&line.sku) else { continue };
            let before = on_hand(stock, &line.location);
            let back = line.book_back(before);
            if back.gone > 0 {
                let detail = format!("{} of {} have left since and stay away.", back.gone, line.sku);
                gone.push(import.row_error(line.row, detail));
            }
            let Some(change) = back.change else { continue };
            if let Some(movement) = book(stock, &line.location, Shelf::OnHand, change)? {
                *stock = stock.after(&movement)?;
                let (sku, location) = (line.sku.clone(), line.location.clone());
                shifts.push(Shift { sku, location, before, movement, counted: true });
            }
        }
        let note = shop.imports.keep_undone(import, import.part)?;
        match commit(shop, import, note, &shifts, &known, cause).await {
            Ok(()) => return Ok(gone),
            Err(TxError::Refused(NotWritten::Repeated | NotWritten::Ended)) => return Ok(Vec::new()),
            Err(TxError::Refused(NotWritten::Stale)) => {}
            Err(TxError::Store(error)) => return Err(error.into()),
        }
    }
    Err("these shelves are being written".into())
}

fn on_hand(stock: &Stock, location: &LocationId) -> i64 {
    stock.levels.get(location).map_or(0, |level| level.on(Shelf::OnHand))
}

/// Writes a part: the note that it was, and what it moves.
async fn commit(
    shop: &WorkImport,
    import: &Import,
    note: Write,
    shifts: &[Shift],
    known: &BTreeMap<Sku, Stock>,
    cause: &Cause,
) -> Result<(), TxError<NotWritten>> {
    let still = shop.imports.still(&import.id, import.status).map_err(TxError::Store)?;
    let mut tx = Tx::new().and(note, |_| NotWritten::Repeated).and(still, |_| NotWritten::Ended);
    // A transaction writes each record once: what changes of one SKU is written together.
    let mut skus: BTreeMap<&Sku, Vec<Adjusted<'_>>> = BTreeMap::new();
    for Shift { sku, location, before, movement, counted } in shifts {
        let adjusted = Adjusted { location, shelf: Shelf::OnHand, before: *before, movement, counted: *counted, cause };
        skus.entry(sku).or_default().push(adjusted);
    }
    for (sku, adjusted) in skus {
        let Some(stock) = known.get(sku) else { continue };
        for write in shop.stock.adjust(&stock.offer, &adjusted).map_err(TxError::Store)? {
            tx = tx.and(write, |_| NotWritten::Stale);
        }
    }
    tx.commit(&shop.context.db()).await
}
