//! Search: a snapshot of the catalogue in memory, by words, category, price and stock.
//!
//! Knows an inverted index and a stable order, so that a page's cursor still fits after the catalogue changed. It
//! deliberately knows no storage: whoever keeps a snapshot brings it up to date by version.

mod words;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalog::{Image, Product, ProductStatus};
use crate::id::ProductId;
use crate::money::Money;
use crate::text::{Sku, Slug};
pub(crate) use words::folded;
use words::words;

/// What a word weighs by where it stands.
const IN_TITLE: u16 = 16;
const IN_CATEGORY: u16 = 6;
const IN_SKU: u16 = 6;
const IN_TEXT: u16 = 2;
/// The most words of a query that count.
const MAX_WORDS: usize = 8;
/// The most words of a description that are kept.
const MAX_TEXT_WORDS: usize = 200;

/// A product as a list shows it and search finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which product.
    pub id: ProductId,
    /// Its address.
    pub slug: Slug,
    /// Its name.
    pub title: String,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Slug>,
    /// Its first picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// The lowest price of its variants.
    pub min_price: Money,
    /// The highest.
    pub max_price: Money,
    /// What is struck through beside the lowest price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare_at_price: Option<Money>,
    /// Its variants.
    pub skus: Vec<Sku>,
    /// The words of its description, variants and options, each once, as search compares them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// When it was made.
    pub created: Timestamp,
    /// Whether nothing of it can be bought.
    #[serde(default)]
    pub sold_out: bool,
}

impl Entry {
    /// Whether a product is to be seen.
    pub fn shows(product: &Product) -> bool {
        product.status == ProductStatus::Active && product.price_range().is_some()
    }

    /// The entry of a product. None when it is not to be seen.
    pub fn of(product: &Product, sold_out: bool) -> Option<Self> {
        if product.status != ProductStatus::Active {
            return None;
        }
        let (min_price, max_price) = product.price_range()?;
        let cheapest = product.variants.iter().find(|variant| variant.price == min_price)?;
        let mut text = Vec::new();
        for variant in &product.variants {
            text.extend(words(&variant.title));
            text.extend(variant.options.values().flat_map(|value| words(value)));
        }
        text.extend(words(&product.description).into_iter().take(MAX_TEXT_WORDS));
        text.sort_unstable();
        text.dedup();
        Some(Self {
            id: product.id,
            slug: product.slug.clone(),
            title: product.title.clone(),
            category: product.category.clone(),
            image: product.images.first().cloned(),
            min_price,
            max_price,
            compare_at_price: cheapest.compare_at_price,
            skus: product.variants.iter().map(|variant| variant.sku.clone()).collect(),
            words: text,
            created: product.created,
            sold_out,
        })
    }

    /// Each of its words once, with the highest weight that it has.
    fn weights(&self) -> BTreeMap<String, u16> {
        let mut weights = BTreeMap::new();
        let mut weigh = |word: String, weight: u16| {
            let known: &mut u16 = weights.entry(word).or_default();
            *known = (*known).max(weight);
        };
        words(&self.title).into_iter().for_each(|word| weigh(word, IN_TITLE));
        let category = self.category.as_ref().map(|category| words(category.as_str())).unwrap_or_default();
        category.into_iter().for_each(|word| weigh(word, IN_CATEGORY));
        self.skus.iter().flat_map(|sku| words(sku.as_str())).for_each(|word| weigh(word, IN_SKU));
        self.words.iter().for_each(|word| weigh(word.clone(), IN_TEXT));
        weights
    }
}

/// The order of what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The best match first; without words, the newest.
    #[default]
    Relevance,
    /// The newest first.
    Newest,
    /// The cheapest first.
    PriceAscending,
    /// The dearest first.
    PriceDescending,
}

impl Sort {
    /// Every order.
    pub const ALL: &'static [Self] = &[Self::Relevance, Self::Newest, Self::PriceAscending, Self::PriceDescending];

    /// As it stands in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Newest => "newest",
            Self::PriceAscending => "price_ascending",
            Self::PriceDescending => "price_descending",
        }
    }
}

/// A text that is no cursor of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of this list")]
pub struct CursorError;

/// The place after the last product of a page: its sort key, which does not move when others come and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    rank: i64,
    id: ProductId,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.rank, self.id)
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (rank, id) = text.split_once('.').ok_or(CursorError)?;
        let (rank, id) = (rank.parse().map_err(|_| CursorError)?, id.parse().map_err(|_| CursorError)?);
        Ok(Self { rank, id })
    }
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Words, all of which a product has to have; of the last one, its beginning. Empty for every product.
    pub words: String,
    /// In this category alone.
    pub category: Option<Slug>,
    /// With a variant at this many minor units or more.
    pub min: Option<i64>,
    /// With a variant at this many minor units or less.
    pub max: Option<i64>,
    /// Only what can be bought.
    pub in_stock: bool,
    /// In which order.
    pub sort: Sort,
    /// After which product.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: usize,
}

/// A page of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<'a> {
    /// The products, in order.
    pub items: Vec<&'a Entry>,
    /// Where the next page starts, if there is one.
    pub next: Option<Cursor>,
    /// How many were found on all pages.
    pub total: usize,
    /// How many each category would show with the other filters as they are, by its name.
    pub categories: Vec<(Slug, usize)>,
}

/// What a scan needs of an entry, small and side by side.
#[derive(Debug, Clone, Copy)]
struct Row {
    id: ProductId,
    created: i64,
    min: i64,
    max: i64,
    category: u32,
    sold_out: bool,
    live: bool,
}

#[derive(Debug, Clone, Copy)]
struct Posting {
    row: u32,
    weight: u16,
}

/// The number of no category.
const NOWHERE: u32 = 0;

/// The catalogue as search holds it.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    version: u64,
    rows: Vec<Row>,
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    by_id: HashMap<ProductId, u32>,
    index: BTreeMap<String, Vec<Posting>>,
    categories: Vec<Option<Slug>>,
}

impl Snapshot {
    /// An empty one, of version 0.
    pub fn new() -> Self {
        Self { categories: vec![None], ..Self::default() }
    }

    /// Which state of the catalogue it shows.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Says which state of the catalogue it shows now.
    pub const fn set_version(&mut self, version: u64) {
        self.version = version;
    }

    /// How many products are in it.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether none is in it.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The entry of that product.
    pub fn get(&self, id: &ProductId) -> Option<&Entry> {
        self.entries.get(*self.by_id.get(id)? as usize)?.as_ref()
    }

    /// Every entry, in no order that means anything.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().flatten()
    }

    fn category(&mut self, category: Option<&Slug>) -> u32 {
        if self.categories.is_empty() {
            self.categories.push(None);
        }
        let place = self.categories.iter().position(|known| known.as_ref() == category).unwrap_or_else(|| {
            self.categories.push(category.cloned());
            self.categories.len() - 1
        });
        place as u32
    }

    /// Puts an entry in, in the place of the product's earlier one.
    pub fn upsert(&mut self, entry: Entry) {
        self.remove(&entry.id);
        let row = Row {
            id: entry.id,
            created: entry.created.as_millisecond(),
            min: entry.min_price.amount,
            max: entry.max_price.amount,
            category: self.category(entry.category.as_ref()),
            sold_out: entry.sold_out,
            live: true,
        };
        let place = self.free.pop().unwrap_or(self.rows.len() as u32);
        for (word, weight) in entry.weights() {
            self.index.entry(word).or_default().push(Posting { row: place, weight });
        }
        self.by_id.insert(entry.id, place);
        if place as usize == self.rows.len() {
            self.rows.push(row);
            self.entries.push(Some(entry));
        } else {
            self.rows[place as usize] = row;
            self.entries[place as usize] = Some(entry);
        }
    }

    /// Takes a product out; whether it was in.
    pub fn remove(&mut self, id: &ProductId) -> bool {
        let Some(place) = self.by_id.remove(id) else { return false };
        self.rows[place as usize].live = false;
        self.free.push(place);
        if let Some(entry) = self.entries[place as usize].take() {
            for word in entry.weights().into_keys() {
                if let Some(postings) = self.index.get_mut(&word) {
                    postings.retain(|posting| posting.row != place);
                    if postings.is_empty() {
                        self.index.remove(&word);
                    }
                }
            }
        }
        true
    }

    /// The score of each row by the words of the query; a row that misses one has none. None without words.
    fn scores(&self, query: &str) -> Option<Vec<u32>> {
        let wanted = words(query);
        if wanted.is_empty() {
            return None;
        }
        let wanted = &wanted[..wanted.len().min(MAX_WORDS)];
        let mut scores = vec![0_u32; self.rows.len()];
        // How many of the words each row has had so far, and the best that it has had for the one at hand.
        let mut met = vec![0_u8; self.rows.len()];
        let mut best = vec![0_u16; self.rows.len()];
        for (number, word) in wanted.iter().enumerate() {
            let number = number as u8;
            let last = usize::from(number) + 1 == wanted.len();
            let mut take = |postings: &[Posting], factor: u16| {
                for posting in postings {
                    let row = posting.row as usize;
                    let weight = posting.weight * factor;
                    if met[row] == number {
                        met[row] += 1;
                        best[row] = weight;
                        scores[row] += u32::from(weight);
                    } else if met[row] == number + 1 && best[row] < weight {
                        scores[row] += u32::from(weight - best[row]);
                        best[row] = weight;
                    }
                }
            };
            if last {
                let from_here =
                    self.index.range(word.clone()..).take_while(|(known, _)| known.starts_with(word.as_str()));
                for (known, postings) in from_here {
                    take(postings, if known == word { 2 } else { 1 });
                }
            } else if let Some(postings) = self.index.get(word) {
                take(postings, 2);
            }
        }
        let all = wanted.len() as u8;
        for (score, met) in scores.iter_mut().zip(met) {
            if met != all {
                *score = 0;
            }
        }
        Some(scores)
    }

    /// What is found. The order is total and a product's place in it is its own, so pages do not overlap or skip while
    /// products come and go.
    pub fn query(&self, query: &Query) -> Page<'_> {
        let scores = self.scores(&query.words);
        // A category that no product has finds nothing.
        let category = query.category.as_ref().map(|wanted| {
            self.categories
                .iter()
                .position(|known| known.as_ref() == Some(wanted))
                .map_or(u32::MAX, |place| place as u32)
        });
        let mut counts = vec![0_usize; self.categories.len()];
        let mut total = 0;
        let mut found: Vec<(Cursor, u32)> = Vec::new();
        for (place, row) in self.rows.iter().enumerate() {
            let score = match &scores {
                Some(scores) if scores[place] == 0 => continue,
                Some(scores) => scores[place],
                None => 0,
            };
            if !row.live
                || (query.in_stock && row.sold_out)
                || query.min.is_some_and(|min| row.max < min)
                || query.max.is_some_and(|max| row.min > max)
            {
                continue;
            }
            counts[row.category as usize] += 1;
            if category.is_some_and(|category| row.category != category) {
                continue;
            }
            total += 1;
            let rank = match query.sort {
                Sort::Relevance if scores.is_some() => -i64::from(score),
                Sort::Relevance | Sort::Newest => -row.created,
                Sort::PriceAscending => row.min,
                Sort::PriceDescending => -row.max,
            };
            let cursor = Cursor { rank, id: row.id };
            if query.after.is_none_or(|after| cursor > after) {
                found.push((cursor, place as u32));
            }
        }
        let limit = query.limit.max(1);
        let more = found.len() > limit;
        if more {
            found.select_nth_unstable(limit - 1);
            found.truncate(limit);
        }
        found.sort_unstable();
        let next = found.last().map(|(cursor, _)| *cursor).filter(|_| more);
        let items = found.iter().filter_map(|(_, place)| self.entries[*place as usize].as_ref()).collect();
        let named = self.categories.iter().zip(counts).skip(NOWHERE as usize + 1);
        let mut categories: Vec<(Slug, usize)> =
            named.filter(|(_, count)| *count > 0).filter_map(|(slug, count)| Some((slug.clone()?, count))).collect();
        categories.sort();
        Page { items, next, total, categories }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    fn entry(number: u64, title: &str, category: &str, price: i64, text: &str) -> Entry {
        Entry {
            id: ProductId::new(number, [7; 10]),
            slug: Slug::new(format!("product-{number}")).unwrap(),
            title: title.to_owned(),
            category: category.parse().ok(),
            image: None,
            min_price: Money::new(price, Currency::EUR),
            max_price: Money::new(price + 100, Currency::EUR),
            compare_at_price: None,
            skus: vec![Sku::new(format!("SKU-{number}")).unwrap()],
            words: words(text),
            created: Timestamp::from_millisecond(number as i64).unwrap(),
            sold_out: false,
        }
    }

    fn shop() -> Snapshot {
        let mut snapshot = Snapshot::new();
        snapshot.upsert(entry(1, "Enamel mug", "kitchen", 1999, "holds tea and coffee"));
        snapshot.upsert(entry(2, "Tea towel", "kitchen", 900, "linen"));
        snapshot.upsert(entry(3, "Crème brûlée dish", "table", 1200, "for the oven"));
        snapshot.upsert(Entry { sold_out: true, ..entry(4, "Tea pot", "table", 4500, "enamel") });
        snapshot
    }

    fn found(snapshot: &Snapshot, query: Query) -> Vec<String> {
        let page = snapshot.query(&Query { limit: 10, ..query });
        page.items.iter().map(|entry| entry.title.clone()).collect()
    }

    fn by_words(text: &str) -> Query {
        Query { words: text.to_owned(), ..Query::default() }
    }

    #[test]
    fn finds_by_words_the_title_before_the_text() {
        let shop = shop();
        assert_eq!(found(&shop, by_words("enamel")), ["Enamel mug", "Tea pot"]);
        assert_eq!(found(&shop, by_words("creme BRULE")), ["Crème brûlée dish"]);
        assert_eq!(found(&shop, by_words("enamel t")), ["Enamel mug", "Tea pot"]);
        assert_eq!(found(&shop, by_words("mugs")), ["Enamel mug"]);
        assert_eq!(found(&shop, by_words("sku-3")), ["Crème brûlée dish"]);
        assert_eq!(found(&shop, by_words("ename mug")), [""; 0]);
        assert_eq!(found(&shop, by_words("kitchen")).len(), 2);
        assert_eq!(found(&shop, by_words("!?")).len(), 4);
    }

    #[test]
    fn filters_and_counts_categories() {
        let shop = shop();
        let table = Query { category: "table".parse().ok(), ..Query::default() };
        assert_eq!(found(&shop, table.clone()), ["Tea pot", "Crème brûlée dish"]);
        assert_eq!(found(&shop, Query { in_stock: true, ..table.clone() }), ["Crème brûlée dish"]);
        let page = shop.query(&Query { limit: 1, ..table });
        let counts: Vec<(&str, usize)> = page.categories.iter().map(|(slug, count)| (slug.as_str(), *count)).collect();
        assert_eq!(counts, [("kitchen", 2), ("table", 2)]);
        assert_eq!(page.total, 2);
        let prices = Query { min: Some(1250), max: Some(2000), sort: Sort::PriceAscending, ..Query::default() };
        assert_eq!(found(&shop, prices), ["Crème brûlée dish", "Enamel mug"]);
        let nowhere = Query { category: "garden".parse().ok(), ..Query::default() };
        assert_eq!(found(&shop, nowhere), [""; 0]);
    }

    #[test]
    fn an_entry_is_replaced_and_removed() {
        let mut shop = shop();
        shop.upsert(entry(1, "Tin cup", "garden", 500, ""));
        assert_eq!(shop.len(), 4);
        assert_eq!(found(&shop, by_words("enamel")), ["Tea pot"]);
        assert_eq!(found(&shop, by_words("tin")), ["Tin cup"]);
        assert!(shop.remove(&ProductId::new(1, [7; 10])));
        assert!(!shop.remove(&ProductId::new(1, [7; 10])));
        assert_eq!(found(&shop, by_words("tin")), [""; 0]);
        assert_eq!(shop.len(), 3);
        assert!(
            shop.query(&Query { limit: 9, ..Query::default() })
                .categories
                .iter()
                .all(|(slug, _)| slug.as_str() != "garden")
        );
    }

    #[test]
    fn a_cursor_reads_back() {
        let cursor = Cursor { rank: -5, id: ProductId::new(9, [1; 10]) };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for wrong in ["", "5", "x.y", "5.prd_"] {
            assert_eq!(wrong.parse::<Cursor>(), Err(CursorError));
        }
    }

    proptest! {
        #[test]
        fn pages_show_every_product_once(
            products in prop::collection::btree_map(0_u64..200, (0_i64..5, 0_usize..3), 0..60),
            limit in 1_usize..10,
            sort in 0_usize..4,
            words in prop::sample::select(vec!["", "mug", "m"]),
        ) {
            let mut snapshot = Snapshot::new();
            for (number, (price, title)) in &products {
                snapshot.upsert(entry(*number, ["mug", "big mug", "meal"][*title], "kitchen", *price, "mug"));
            }
            let mut query = Query { words: words.to_owned(), sort: Sort::ALL[sort], limit, ..Query::default() };
            let mut seen = Vec::new();
            loop {
                let page = snapshot.query(&query);
                prop_assert_eq!(page.total, products.len());
                seen.extend(page.items.iter().map(|entry| entry.id));
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => break,
                }
            }
            prop_assert_eq!(seen.len(), products.len());
            seen.sort();
            seen.dedup();
            prop_assert_eq!(seen.len(), products.len());
        }
    }
}
