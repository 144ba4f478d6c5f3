//! The product's form: what is typed into it, read as a draft.
//!
//! Knows the form's fields and how options and amounts are typed; every rule is the draft's own.

use std::collections::BTreeMap;

use contracts::Problem;
use domain::catalog::{Product, ProductDraft, VariantDraft};
use domain::{Currency, FieldError, Money};
use edge::Request;
use pages::components::FormErrors;

/// The columns of the variants' table.
pub(crate) const COLUMNS: [&str; 7] = ["sku", "title", "options", "price", "compare_at_price", "weight_g", "barcode"];

/// The form as it stands on the page: every field as text.
#[derive(Debug, Default)]
pub(crate) struct Typed {
    fields: BTreeMap<String, String>,
    /// The variants, in the order of [`COLUMNS`]; empty rows are left out.
    pub(crate) rows: Vec<Vec<String>>,
}

impl Typed {
    /// What a browser posts: the variants' cells are `variant.<row>.<column>`.
    pub(crate) fn read(request: &Request) -> Result<Self, Problem> {
        let mut fields: BTreeMap<String, String> = request.form::<Vec<(String, String)>>()?.into_iter().collect();
        let mut cells: BTreeMap<usize, BTreeMap<String, String>> = BTreeMap::new();
        fields.retain(|name, value| match cell(name) {
            Some((row, column)) => {
                cells.entry(row).or_default().insert(column, value.trim().to_owned());
                false
            }
            None => true,
        });
        let rows = cells
            .into_values()
            .filter(|row| row.values().any(|text| !text.is_empty()))
            .map(|mut row| COLUMNS.iter().map(|column| row.remove(*column).unwrap_or_default()).collect())
            .collect();
        Ok(Self { fields, rows })
    }

    /// A product as it is kept.
    pub(crate) fn of(product: &Product) -> Self {
        let text = |name: &str, value: String| (name.to_owned(), value);
        let fields = [
            text("title", product.title.clone()),
            text("slug", product.slug.to_string()),
            text("description", product.description.clone()),
            text("status", product.status.as_str().to_owned()),
            text("category", product.category.as_ref().map(ToString::to_string).unwrap_or_default()),
            text("tax_class", product.tax_class.to_string()),
            text("warranty_months", product.warranty_months.to_string()),
            text("return_days", product.return_window_days.map(|days| days.to_string()).unwrap_or_default()),
            text("final_sale", if product.final_sale { "true" } else { "" }.to_owned()),
            text("rev", product.version.to_string()),
        ];
        let rows = product.variants.iter().map(|variant| {
            let options: Vec<String> = variant.options.iter().map(|(name, value)| format!("{name}={value}")).collect();
            vec![
                variant.sku.to_string(),
                variant.title.clone(),
                options.join(", "),
                variant.price.decimal(),
                variant.compare_at_price.map(Money::decimal).unwrap_or_default(),
                variant.weight_g.to_string(),
                variant.barcode.clone().unwrap_or_default(),
            ]
        });
        Self { fields: fields.into(), rows: rows.collect() }
    }

    /// The same with what a picture shows, as it was typed beside it.
    pub(crate) fn with_alt(mut self, alt: String) -> Self {
        self.fields.insert("alt".to_owned(), alt);
        self
    }

    /// The field `name`, without blanks around it.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.fields.get(name).map(|text| text.trim()).unwrap_or_default()
    }

    /// The version of the product that the form shows; 0 for a new one.
    pub(crate) fn version(&self) -> u64 {
        self.text("rev").parse().unwrap_or_default()
    }

    /// The draft that it is.
    pub(crate) fn draft(&self, currency: Currency) -> Result<ProductDraft, Problem> {
        let mut errors = Vec::new();
        let draft = ProductDraft {
            title: self.text("title").to_owned(),
            description: self.text("description").replace("\r\n", "\n"),
            status: serde_json::from_value(self.text("status").into()).unwrap_or_default(),
            category: Some(self.text("category").to_owned()).filter(|category| !category.is_empty()),
            tax_class: self.text("tax_class").to_owned(),
            warranty_months: number(self.text("warranty_months"), "/warranty_months", &mut errors).unwrap_or_default(),
            return_window_days: number(self.text("return_days"), "/return_window_days", &mut errors),
            final_sale: self.text("final_sale") == "true",
            images: None,
            variants: self.rows.iter().enumerate().map(|row| variant(row, currency, &mut errors)).collect(),
        };
        if errors.is_empty() { Ok(draft) } else { Err(Problem::fields(errors)) }
    }
}

fn cell(name: &str) -> Option<(usize, String)> {
    let (row, column) = name.strip_prefix("variant.")?.split_once('.')?;
    Some((row.parse().ok()?, column.to_owned()))
}

fn variant((index, row): (usize, &Vec<String>), currency: Currency, errors: &mut Vec<FieldError>) -> VariantDraft {
    let text = |column: &str| {
        let position = COLUMNS.iter().position(|known| *known == column);
        position.and_then(|position| row.get(position)).cloned().unwrap_or_default()
    };
    let at = |column: &str| format!("/variants/{index}/{column}");
    let mut amount = |column: &str| {
        let typed = text(column);
        let parsed = Money::parse_decimal(&typed, currency);
        if parsed.is_none() && (column == "price" || !typed.is_empty()) {
            errors.push(FieldError { pointer: at(column), detail: "Enter an amount, like 19.99.".to_owned() });
        }
        parsed
    };
    let compare_at_price = amount("compare_at_price");
    let price = amount("price").unwrap_or_else(|| Money::zero(currency));
    let options = text("options");
    let pairs = options.split(',').filter(|pair| !pair.trim().is_empty());
    let options = pairs.map(|pair| match pair.split_once('=') {
        Some((name, value)) => (name.trim().to_owned(), value.trim().to_owned()),
        None => {
            let detail = "Enter options like colour=white, size=L.".to_owned();
            errors.push(FieldError { pointer: at("options"), detail });
            Default::default()
        }
    });
    VariantDraft {
        sku: text("sku"),
        title: text("title"),
        options: options.collect(),
        price,
        compare_at_price,
        weight_g: number(&text("weight_g"), &at("weight_g"), errors).unwrap_or_default(),
        barcode: Some(text("barcode")).filter(|barcode| !barcode.is_empty()),
    }
}

fn number<T: std::str::FromStr>(text: &str, pointer: &str, errors: &mut Vec<FieldError>) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let parsed = text.parse().ok();
    if parsed.is_none() {
        errors.push(FieldError { pointer: pointer.to_owned(), detail: "Enter a whole number.".to_owned() });
    }
    parsed
}

/// What is wrong, by the names of the form's fields.
pub(crate) fn errors(problem: &Problem) -> FormErrors {
    let mut errors = FormErrors::none();
    for error in &problem.errors {
        let parts: Vec<&str> = error.pointer.split('/').skip(1).collect();
        let field = match parts.as_slice() {
            ["variants", row, column, ..] => format!("variant.{row}.{column}"),
            ["variants"] => "variant.0.sku".to_owned(),
            ["return_window_days"] => "return_days".to_owned(),
            ["images", _, "alt"] => "alt".to_owned(),
            ["images", ..] => "image".to_owned(),
            [field] => (*field).to_owned(),
            _ => String::new(),
        };
        errors.add(field, error.detail.clone());
    }
    if errors.is_empty() {
        errors.add("", problem.detail.clone());
    }
    errors
}
