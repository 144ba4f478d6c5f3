//! The catalogue as staff edit it.

use crate::components::{
    Badge, Checkbox, Choice, Column, Crumb, EditTable, Field, FieldKind, FormErrors, Image, Look, Pager, Tab, badge,
    breadcrumb, busy_button, button, checkbox, edit_table, empty, error_summary, field, head_row, hidden, image,
    link_button, pagination, tabs, text_button,
};
use maud::{Markup, html};

/// A product in the list.
#[derive(Debug, Clone)]
pub struct ProductRow {
    /// Its name.
    pub title: String,
    /// Its page on the desk.
    pub href: String,
    /// Its picture.
    pub image: Image,
    /// Its state.
    pub state: Badge,
    /// Its category.
    pub category: String,
    /// How many kinds.
    pub variants: String,
    /// What it costs: "€24.00", "€24.00 – €32.00".
    pub price: String,
    /// What is available over all kinds.
    pub available: String,
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct Products {
    /// The saved views: all, active, drafts, archived.
    pub views: Vec<Tab>,
    /// The status that the shown view filters by; kept by the search.
    pub status: String,
    /// The words looked for.
    pub query: String,
    /// The products.
    pub rows: Vec<ProductRow>,
    /// Where the list goes on.
    pub pager: Pager,
    /// Whether the role may make one.
    pub may_edit: bool,
}

/// The list of products. Sends by GET to `/desk/products`: `status`, `q`.
#[must_use]
pub fn products(view: &Products) -> Markup {
    html! {
        div.title-row { h1 { "Products" } @if view.may_edit { (link_button(Look::Main, "/desk/products/new", "New product")) } }
        (tabs("Saved views", &view.views))
        form.filter-row action="/desk/products" method="get" role="search" {
            @if !view.status.is_empty() { (hidden("status", &view.status)) }
            (field(&Field::new(FieldKind::Search, "q", "Title or SKU").value(&view.query).unmarked()))
            button.button.quiet type="submit" { "Search" }
        }
        @if view.rows.is_empty() {
            (empty("Products appear here, drafts too.", view.may_edit.then_some(("/desk/products/new", "Make the first one"))))
        } @else {
            div.table-wrap tabindex="0" role="region" aria-label="Products" {
                table.table.cards-on-phone {
                    (head_row(&[
                        Column::text("Product"), Column::text("Status"), Column::text("Category"), Column::number("Variants"),
                        Column::number("Price"), Column::number("Available"),
                    ]))
                    tbody {
                        @for row in &view.rows {
                            tr {
                                th scope="row" { div.product-cell { (image(&row.image, false)) a href=(row.href) { (row.title) } } }
                                td data-label="Status" { (badge(&row.state)) }
                                td data-label="Category" { (row.category) }
                                td.num data-label="Variants" { (row.variants) }
                                td.num data-label="Price" { (row.price) }
                                td.num data-label="Available" { (row.available) }
                            }
                        }
                    }
                }
            }
            (pagination(&view.pager))
        }
    }
}

/// A picture that staff sent.
#[derive(Debug, Clone, Default)]
pub struct ProductPicture {
    /// The picture.
    pub image: Image,
    /// What it is kept under.
    pub key: String,
}

/// A product being written.
#[derive(Debug, Clone)]
pub struct ProductForm {
    /// Whether it is new: then the slug can be chosen.
    pub new: bool,
    /// Its name as it is kept, or "New product".
    pub heading: String,
    /// Its name as typed.
    pub title: String,
    /// The last part of its address.
    pub slug: String,
    /// Its paragraphs, a blank line between.
    pub description: String,
    /// Draft, active, archived.
    pub statuses: Vec<Choice>,
    /// Its category.
    pub category: String,
    /// The categories in use, as a hint.
    pub categories: Vec<String>,
    /// The tax classes.
    pub tax_classes: Vec<Choice>,
    /// Its warranty, months.
    pub warranty_months: String,
    /// Days to return it; empty for the shop's rule.
    pub return_days: String,
    /// Whether it comes back for a fault alone.
    pub final_sale: bool,
    /// Its variants; the table's name should be `variant`.
    pub variants: EditTable,
    /// Its pictures; without any, the shop shows drawings.
    pub images: Vec<ProductPicture>,
    /// What the picture that is being sent shows, as typed.
    pub alt: String,
    /// Its page in the shop.
    pub shop_href: Option<String>,
    /// The state that was read, so that two people do not overwrite each other.
    pub rev: String,
    /// The form's token.
    pub csrf: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// A product's form. Posts to `/desk/products/{slug}` (`/desk/products/new` when new): `title`, `slug` (when new), `description`, `status`,
/// `category`, `tax_class`, `warranty_months`, `return_days`, `final_sale` (`true`), `rev`, `csrf`, and the cells of `variants`. Pictures go, as `multipart/form-data`, to
/// `/desk/products/{slug}/images`: `image`, `alt`, `csrf`; removing posts `key` and `csrf` to
/// `/desk/products/{slug}/images/remove`.
#[must_use]
pub fn product_form(view: &ProductForm) -> Markup {
    let action = if view.new { "/desk/products/new".to_owned() } else { format!("/desk/products/{}", view.slug) };
    html! {
        (error_summary(&view.errors))
        (breadcrumb(&[Crumb { words: "Products".to_owned(), href: "/desk/products".to_owned() }]))
        div.title-row { h1 { (view.heading) } @if let Some(href) = &view.shop_href { a href=(href) { "See it in the shop" } } }
        form.stack #product action=(action) method="post" novalidate data-unsaved {
            (hidden("csrf", &view.csrf))
            (hidden("rev", &view.rev))
            div.detail {
                div {
                    section.panel aria-labelledby="what" {
                        h2 #what { "What it is" }
                        (field(&Field::text("title", "Title").value(&view.title).errors(&view.errors)))
                        @if view.new { (field(&Field::text("slug", "Address").hint("Small letters, digits and hyphens: enamel-mug. It can't change later.").value(&view.slug).errors(&view.errors))) }
                        (field(&Field::new(FieldKind::Lines, "description", "Description").hint("A blank line starts a new paragraph.").value(&view.description).errors(&view.errors)))
                    }
                }
                aside aria-label="Filing" {
                    section.panel aria-labelledby="filing" {
                        h2 #filing { "Filing" }
                        (field(&Field::select("status", "Status", view.statuses.clone()).errors(&view.errors)))
                        (field(&Field::text("category", "Category").hint(format!("In use: {}", view.categories.join(", "))).value(&view.category).errors(&view.errors)))
                        (field(&Field::select("tax_class", "Tax class", view.tax_classes.clone()).errors(&view.errors)))
                        (field(&Field::new(FieldKind::Number, "warranty_months", "Warranty, months").value(&view.warranty_months).width("w-s").errors(&view.errors).optional()))
                        (field(&Field::new(FieldKind::Number, "return_days", "Days to return").hint("Empty: the category's rule, or the shop's.").value(&view.return_days).width("w-s").errors(&view.errors).optional()))
                        (checkbox(&Checkbox { name: "final_sale".into(), value: "true".into(), label: "Final sale: it comes back only when something is wrong with it".into(), ticked: view.final_sale }))
                    }
                }
            }
            section.panel aria-labelledby="variants" {
                h2 #variants { "Variants" }
                p.hint { "One row for each thing that can be bought. Leave the last rows empty. A changed price counts from now on." }
                (edit_table(&view.variants, &view.errors))
            }
            div.save-bar { (busy_button(Look::Main, "Save", "Saving…")) a href="/desk/products" { "Leave without saving" } }
        }
        section.panel aria-labelledby="pictures" {
            h2 #pictures { "Pictures" }
            @if view.images.is_empty() { p.muted { "None yet: the shop shows a drawing." } }
            @else {
                ul.images {
                    @for one in &view.images {
                        li {
                            (image(&one.image, false))
                            form action={ "/desk/products/" (view.slug) "/images/remove" } method="post" {
                                (hidden("csrf", &view.csrf)) (hidden("key", &one.key)) (text_button("Remove", Some(&one.image.alt), None))
                            }
                        }
                    }
                }
            }
            @if view.new { p.muted { "Save the product once, then add pictures." } } @else {
                form.stack action={ "/desk/products/" (view.slug) "/images" } method="post" enctype="multipart/form-data" novalidate {
                    (hidden("csrf", &view.csrf))
                    div.grid-2 {
                        (field(&Field::new(FieldKind::File("image/jpeg,image/png,image/webp,image/avif"), "image", "Picture").hint("JPEG, PNG, WebP or AVIF, 4 MB at most, upright.").errors(&view.errors)))
                        (field(&Field::text("alt", "What it shows").hint("For who can't see it.").value(&view.alt).errors(&view.errors)))
                    }
                    div { (button(Look::Quiet, "Add the picture")) }
                }
            }
        }
    }
}
