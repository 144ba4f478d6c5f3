//! The check: every row is read and held against what there is; nothing is booked.
//!
//! The whole file is looked at in one go: what one row says depends on all rows before it.

use std::io::Cursor;

use domain::import::{CheckedLine, Checker, Import, LINES_AT_ONCE, Shop, Table};
use domain::stock::Shelf;
use edge::Error;
use sheets::{Row, SheetError};
use store::stamp::Cause;

use crate::{WorkImport, cause, file_of};

/// The rows whose stock is read at a time.
const ROWS: usize = 500;
/// After so many rows it is told how far the check is.
const TOLD: u32 = 2_000;
/// The parts that are written at a time.
const PARTS: usize = 20;
/// The parts that are kept of a file that cannot be booked, to be shown.
const SHOWN: u32 = 4;

/// A file that was opened.
type File = sheets::Reader<Cursor<Vec<u8>>>;

/// A check on its way.
struct Check<'a> {
    shop: &'a WorkImport,
    table: Table<'a>,
    checker: Checker,
    import: Import,
    part: Vec<CheckedLine>,
    parts: Vec<(u32, Vec<CheckedLine>)>,
}

/// Looks at every row of an import's file.
pub(crate) async fn check(shop: &WorkImport, mut import: Import, correlation: &str) -> Result<(), Error> {
    let cause = cause(&import, "checked", correlation);
    import.begin();
    let Some(file) = shop.files.get(&file_of(&import.id)).await? else {
        import.unreadable(["The file is not there any more.".to_owned()]);
        return end(shop, import, &cause).await;
    };
    let opened = open(file.bytes, &import.filename);
    let (mut file, header) = match opened {
        Ok((file, header, rows)) => {
            import.opened(&header, rows);
            (file, import.header.clone())
        }
        Err(error) => {
            import.unreadable([error.to_string()]);
            return end(shop, import, &cause).await;
        }
    };
    let now = shop.context.now();
    let (settings, places) = (shop.shop.get(now).await?, shop.locations.get(now).await?);
    let about = Shop { currency: settings.currency, locations: &places.locations };
    let table = match Table::new(header, import.mapping.clone().unwrap_or_default(), about) {
        Ok(table) => table,
        Err(errors) => {
            import.unreadable(errors.into_iter().map(|error| error.detail));
            return end(shop, import, &cause).await;
        }
    };
    let Some(import) = shop.save(&import, false, &cause).await? else { return Ok(()) };
    let mut check = Check { shop, table, checker: Checker::default(), import, part: Vec::new(), parts: Vec::new() };
    let mut rows = file.rows()?.skip(1);
    loop {
        let some: Vec<Row> = rows.by_ref().take(ROWS).collect::<Result<_, _>>()?;
        if some.is_empty() {
            break;
        }
        if !check.look(some, &cause).await? {
            return Ok(());
        }
    }
    check.close(true).await?;
    end(shop, check.import, &cause).await
}

/// The file, its first row and how many there are beside. Reads all of it, so that a broken one is known at once.
fn open(bytes: Vec<u8>, filename: &str) -> Result<(File, Vec<String>, u32), SheetError> {
    let mut file = sheets::open(Cursor::new(bytes), filename)?;
    let mut rows = file.rows()?;
    let header = rows.next().ok_or(SheetError::Empty)??.cells;
    let mut count = 0;
    for row in rows {
        row?;
        count += 1;
    }
    Ok((file, header, count))
}

/// Writes what the check came to. Nobody may have gone on with the import meanwhile, or it is theirs.
async fn end(shop: &WorkImport, mut import: Import, cause: &Cause) -> Result<(), Error> {
    import.checked()?;
    shop.save(&import, import.is_at_work(), cause).await?;
    Ok(())
}

impl Check<'_> {
    /// Looks at some rows. False: somebody else has gone on with the import.
    async fn look(&mut self, rows: Vec<Row>, cause: &Cause) -> Result<bool, Error> {
        let (mut read, mut wrong) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in &rows {
            match self.table.line(row.number, &row.cells) {
                Ok(line) => read.extend(line),
                Err(errors) => wrong.extend(errors),
            }
        }
        let places: Vec<_> = read.iter().map(|line| (&line.sku, &line.location)).collect();
        let known = self.shop.stock.at(&places).await?;
        for line in read {
            let stock = known.get(&line.sku);
            let on_hand =
                stock.map(|stock| stock.levels.get(&line.location).map_or(0, |level| level.on(Shelf::OnHand)));
            match self.checker.outcome(&self.table, &line, on_hand) {
                Ok(outcome) => {
                    self.import.tally.add(outcome);
                    self.part.push(CheckedLine { line, outcome });
                    self.close(false).await?;
                }
                Err(error) => wrong.push(error),
            }
        }
        wrong.sort_by_key(|error| error.row);
        self.import.wrong(wrong);
        let before = self.import.done;
        self.import.done += u32::try_from(rows.len()).unwrap_or_default();
        if before / TOLD == self.import.done / TOLD {
            return Ok(true);
        }
        match self.shop.save(&self.import, false, cause).await? {
            Some(import) => self.import = import,
            None => return Ok(false),
        }
        Ok(true)
    }

    /// Keeps the part that is full, at the end also one that is not.
    async fn close(&mut self, last: bool) -> Result<(), Error> {
        if self.part.len() >= LINES_AT_ONCE || (last && !self.part.is_empty()) {
            let part = std::mem::take(&mut self.part);
            if self.import.errors_count == 0 || self.import.parts < SHOWN {
                self.parts.push((self.import.parts, part));
                self.import.parts += 1;
            }
        }
        if self.parts.len() >= PARTS || last {
            self.shop.imports.put_lines(&self.import, &self.parts).await?;
            self.parts.clear();
        }
        Ok(())
    }
}
