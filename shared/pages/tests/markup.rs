//! Rules that every page and mail keeps, checked over the gallery's samples.

#[path = "../examples/gallery/samples/mod.rs"]
mod samples;

use std::collections::BTreeSet;

/// A start tag: its name and attributes.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

/// The start tags of a page, in order. Enough of HTML for what maud writes: every value is quoted.
fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        rest = &rest[name.len()..];
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('>') {
                rest = after;
                break;
            }
            if let Some(after) = rest.strip_prefix('/') {
                rest = after;
                continue;
            }
            let key: String = rest.chars().take_while(|c| !c.is_whitespace() && !"=>/".contains(*c)).collect();
            assert!(!key.is_empty(), "a tag that does not end: {}", &rest[..rest.len().min(80)]);
            rest = &rest[key.len()..];
            let mut value = String::new();
            if let Some(after) = rest.strip_prefix("=\"") {
                let end = after.find('"').unwrap_or(after.len());
                value = after[..end].to_owned();
                rest = &after[end + 1..];
            }
            attributes.push((key, value));
        }
        if name == "script" {
            rest = &rest[rest.find("</script>").unwrap_or(rest.len())..];
        }
        found.push(Tag { name, attributes });
    }
    found
}

#[test]
fn nothing_is_inline() {
    for (page, html) in samples::pages() {
        for tag in tags(&html) {
            assert!(!tag.has("style"), "{page}: <{}> has a style", tag.name);
            assert!(tag.name != "style", "{page}: a sheet in the page");
            assert!(
                !tag.attributes.iter().any(|(key, _)| key.starts_with("on")),
                "{page}: <{}> has a handler",
                tag.name
            );
            if tag.name == "script" {
                assert!(
                    tag.has("src") || tag.get("type") == Some("application/ld+json"),
                    "{page}: a script in the page"
                );
            }
            for key in ["href", "action", "src"] {
                assert!(!tag.get(key).unwrap_or_default().starts_with("javascript"), "{page}");
            }
        }
    }
}

#[test]
fn ids_are_unique_and_references_resolve() {
    for (page, html) in samples::pages() {
        let all = tags(&html);
        let mut ids = BTreeSet::new();
        for tag in &all {
            if let Some(id) = tag.get("id") {
                assert!(ids.insert(id.to_owned()), "{page}: id {id} twice");
                assert!(!id.is_empty() && !id.contains(' '), "{page}: id {id:?}");
            }
        }
        for tag in &all {
            for key in ["for", "aria-describedby", "aria-labelledby", "form", "data-add-row", "data-into"] {
                for wanted in tag.get(key).unwrap_or_default().split(' ').filter(|id| !id.is_empty()) {
                    assert!(ids.contains(wanted), "{page}: <{}> {key}={wanted} leads nowhere", tag.name);
                }
            }
            if let Some(fragment) = tag.get("href").and_then(|href| href.strip_prefix('#')) {
                assert!(ids.contains(fragment), "{page}: #{fragment} leads nowhere");
            }
        }
    }
}

#[test]
fn every_input_has_a_label() {
    for (page, html) in samples::pages() {
        let all = tags(&html);
        let labelled: BTreeSet<&str> =
            all.iter().filter(|tag| tag.name == "label").filter_map(|tag| tag.get("for")).collect();
        for tag in &all {
            let input =
                matches!(tag.name.as_str(), "input" | "select" | "textarea") && tag.get("type") != Some("hidden");
            if input {
                let named = tag.has("aria-label") || tag.get("id").is_some_and(|id| labelled.contains(id));
                assert!(named, "{page}: <{}> {:?} has no label", tag.name, tag.get("name"));
                assert!(!tag.has("placeholder"), "{page}: a placeholder");
            }
        }
    }
}

#[test]
fn pages_have_their_frame() {
    for (page, html) in samples::pages() {
        let all = tags(&html);
        let count = |name: &str| all.iter().filter(|tag| tag.name == name).count();
        assert_eq!(count("h1"), 1, "{page}: one h1");
        assert_eq!(count("main"), 1, "{page}: one main");
        let head = tags(html.split("</head>").next().unwrap_or_default());
        assert_eq!(head.iter().filter(|tag| tag.name == "title").count(), 1, "{page}: one title");
        assert!(html.contains("href=\"#main\""), "{page}: a skip link");
        assert!(html.contains("<html lang=\""), "{page}: a language");
        assert!(
            all.iter()
                .filter(|tag| tag.name == "img")
                .all(|tag| tag.has("alt") && tag.has("width") && tag.has("height")),
            "{page}: pictures"
        );
    }
}

#[test]
fn every_post_carries_the_token() {
    for (page, html) in samples::pages() {
        for form in html.split("<form").skip(1) {
            let form = &form[..form.find("</form>").unwrap()];
            if form[..form.find('>').unwrap()].contains("method=\"post\"") {
                assert!(
                    form.contains("name=\"csrf\""),
                    "{page}: a form without csrf: {}",
                    &form[..120.min(form.len())]
                );
            }
        }
    }
}

#[test]
fn errors_stand_in_the_summary_and_beside_the_field() {
    for (page, html) in samples::pages().into_iter().filter(|(page, _)| page.ends_with("-error")) {
        let summary = html.find("class=\"error-summary\"").unwrap_or_else(|| panic!("{page} has no summary"));
        let heading = html.find("<h1").unwrap();
        assert!(summary < heading, "{page}: the summary comes first");
        assert!(html.contains("aria-invalid=\"true\"") || html.contains("has-error"), "{page}: a field says so too");
    }
}

#[test]
fn a_suppliers_page_leads_nowhere_else() {
    let pages: Vec<_> = samples::pages().into_iter().filter(|(page, _)| page.starts_with("supplier")).collect();
    assert!(!pages.is_empty());
    for (page, html) in pages {
        for tag in tags(&html).iter().filter(|tag| matches!(tag.name.as_str(), "a" | "form")) {
            let to = tag.get("href").or(tag.get("action")).unwrap_or_default();
            assert!(["#", "mailto:", "/supplier/"].iter().any(|start| to.starts_with(start)), "{page}: {to}");
        }
        assert!(html.contains("content=\"noindex\""), "{page}: found by search engines");
    }
}

#[test]
fn what_only_looks_asks_by_get() {
    for (page, html) in samples::pages().into_iter().filter(|(page, _)| page.starts_with("desk-reorder")) {
        for form in html.split("<form").skip(1) {
            let start = &form[..form.find('>').unwrap()];
            let tries = start.contains("#what-if") || start.contains("role=\"search\"");
            assert_eq!(tries, start.contains("method=\"get\""), "{page}: {start}");
        }
    }
}

#[test]
fn a_return_or_a_warranty_asks_for_one_thing_at_a_time() {
    let ours = |page: &str| ["return", "warranty", "claim"].iter().any(|word| page.contains(word));
    let pages: Vec<_> = samples::pages().into_iter().filter(|(page, _)| ours(page)).collect();
    assert!(pages.len() > 40);
    for (page, html) in pages {
        let middle = &html[html.find("<main").unwrap()..html.find("</main>").unwrap()];
        let filled = tags(middle).iter().filter(|tag| tag.get("class") == Some("button")).count();
        assert!(filled <= 1, "{page}: {filled} filled buttons");
    }
}

#[test]
fn what_came_of_a_return_is_scanned_or_typed_into_the_same_fields() {
    let html = samples::pages().into_iter().find(|(page, _)| page == "desk-return-awaited").unwrap().1;
    let all = tags(&html);
    let table = all.iter().find_map(|tag| tag.get("data-scan")).unwrap();
    assert!(all.iter().any(|tag| tag.name == "form" && tag.get("id") == Some(table)));
    let rows: Vec<_> = all.iter().filter(|tag| tag.has("data-sku")).collect();
    for (n, row) in rows.iter().enumerate() {
        assert!(["data-barcode", "data-title", "data-asked"].iter().all(|key| row.has(key)));
        for (field, scanned) in
            [("received", Some("came")), ("resellable", Some("as-new")), ("damaged", None), ("rejected", None)]
        {
            let name = format!("line.{n}.{field}");
            let input = all.iter().find(|tag| tag.get("name") == Some(&name)).unwrap_or_else(|| panic!("no {name}"));
            assert_eq!(input.get("data-counts"), scanned, "{name}");
        }
    }
    assert_eq!(rows.len(), 2);
}

#[test]
fn a_return_without_money_speaks_of_none() {
    for (name, mail) in samples::mails() {
        if mail.subject.starts_with("We've refunded") {
            assert!(!mail.text.contains("€0.00"), "{name}");
        }
    }
    let (_, nothing) = samples::mails().into_iter().find(|(name, _)| *name == "return-settled-zero").unwrap();
    assert_eq!(nothing.subject, "Your return for 7K3F9QX2M4 is done");
}

#[test]
fn a_certificates_code_is_named_and_stands_in_words_too() {
    let html = samples::pages().into_iter().find(|(page, _)| page == "warranty-certificate").unwrap().1;
    let all = tags(&html);
    let code = all.iter().find(|tag| tag.name == "svg" && tag.get("role") == Some("img")).unwrap();
    assert!(code.get("aria-label").is_some_and(|name| name.starts_with("QR code")));
    assert_eq!(code.get("viewBox"), Some("-4 -4 37 37"), "29 modules and the quiet zone");
    assert!(html.contains(">https://shop.example.com/warranty/crt_1?token=t</a>"));
}

#[test]
fn a_claim_that_needs_no_parcel_speaks_of_none() {
    let (_, mail) = samples::mails().into_iter().find(|(name, _)| *name == "claim-approved-kept").unwrap();
    assert!(!mail.text.contains("parcel") && !mail.text.contains("Send it to"), "{}", mail.text);
}

fn page(name: &str) -> String {
    let found = samples::pages().into_iter().find(|(page, _)| page == name);
    assert!(found.is_some(), "no {name}");
    found.map(|(_, html)| html).unwrap_or_default()
}

/// What stands between the first `start` and the `end` after it, `start` too.
fn part<'a>(html: &'a str, start: &str, end: &str) -> &'a str {
    let from = html.find(start).map(|from| &html[from..]);
    assert!(from.is_some(), "no {start}");
    from.and_then(|rest| rest.split(end).next()).unwrap_or_default()
}

#[test]
fn every_section_of_the_desk_has_a_key_of_its_own() {
    let html = page("desk-claims");
    let all = tags(part(&html, "<nav", "</nav>"));
    let keys: Vec<_> = all.iter().filter_map(|tag| tag.get("data-key")).collect();
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), pages::layout::Section::ALL.len());
    let current = all.iter().find(|tag| tag.has("aria-current")).unwrap();
    assert_eq!((current.get("href"), current.get("data-key")), (Some("/desk/claims"), Some("w")));
}

#[test]
fn a_claim_asks_for_an_address_only_where_it_is_not_known() {
    assert!(!page("warranty-claim-form").contains("shipping_"));
    let fresh = page("warranty-claim-form-address");
    let asked = tags(part(&fresh, "<fieldset class=\"fieldset\" aria-describedby=\"address-hint\"", "</fieldset>"));
    for field in ["name", "country", "line1", "line2", "city", "postal_code", "phone"] {
        let name = format!("shipping_{field}");
        assert!(asked.iter().any(|tag| tag.get("name") == Some(&name)), "no {name}");
    }
    let chosen = |html: &str| {
        let all = tags(html);
        let one = all.iter().find(|tag| tag.name == "option" && tag.has("selected")).unwrap();
        one.get("value").unwrap().to_owned()
    };
    assert_eq!(chosen(&fresh), "DE", "the marked one, before anything was typed");
    let refused = page("warranty-claim-form-address-error");
    assert_eq!(chosen(&refused), "AT", "what was typed is kept");
    assert!(refused.contains("href=\"#shipping_postal_code\""));
}

#[test]
fn an_order_with_many_certificates_folds_what_is_over_five() {
    let html = page("order-warranty");
    let section = part(&html, "<section class=\"stack\" aria-labelledby=\"warranty\"", "</section>");
    let (seen, folded) = section.split_once("<details").unwrap();
    assert_eq!((seen.matches("<li").count(), folded.matches("<li").count()), (5, 2));
    assert!(folded.contains("Show 2 more"));
    assert!(!part(&page("order-warranty-one"), "id=\"warranty\"", "</section>").contains("<details"));
    assert!(!page("order").contains("id=\"warranty\""));
}

#[test]
fn serial_numbers_are_asked_for_where_there_is_a_warranty() {
    let html = page("desk-order");
    let all = tags(&html);
    let asked: Vec<_> = all.iter().filter(|tag| tag.name == "textarea").filter_map(|tag| tag.get("name")).collect();
    assert_eq!(asked, ["serials.MUG-COBALT"], "not of the line without one");
    let refused = page("desk-order-error");
    assert!(refused.contains("href=\"#ship-serials-MUG-COBALT\"") && refused.contains(">SN-1\nSN-1\nSN-2</textarea>"));
}

#[test]
fn what_is_done_instead_comes_after_what_enter_does() {
    let html = page("desk-claim-repair");
    let form = tags(part(&html, "<form class=\"stack\" action=\"/desk/claims/clm_1/resolve\"", "</form>"));
    let buttons: Vec<_> = form.iter().filter(|tag| tag.name == "button").map(|tag| tag.get("value")).collect();
    assert_eq!(buttons, [None, Some("refund")]);
    let begins = page("desk-claim-repair-begins");
    assert!(begins.contains("4-key-repair") && begins.contains("4-key-resolve"));
}

#[test]
fn enter_sends_a_form_and_adds_no_rows() {
    for (page, html) in samples::pages() {
        if let Some(more) = html.find("name=\"more\"") {
            let form = html[..more].rfind("<form").unwrap_or_else(|| panic!("{page}: rows of no form"));
            let sends = html[form..more].contains("data-busy=");
            assert!(sends, "{page}: the first button is the one that Enter presses");
        }
    }
}

#[test]
fn pages_keep_their_weight() {
    for (page, html) in samples::pages() {
        // The budget is 30 KB in brotli; plain text of this kind packs to a fifth or less.
        assert!(html.len() < 90 * 1024, "{page} is {} bytes", html.len());
    }
}

#[test]
fn data_cannot_end_its_script() {
    let product = samples::pages().into_iter().find(|(page, _)| page == "product").unwrap().1;
    assert!(product.contains("\\u003c/script>"));
}

#[test]
fn mails_keep_their_limits() {
    for (name, mail) in samples::mails() {
        assert!(mail.html.len() < 60 * 1024, "{name} is {} bytes", mail.html.len());
        for line in mail.text.lines().filter(|line| !line.starts_with("http")) {
            assert!(line.chars().count() <= 72, "{name}: {line}");
        }
        assert!(!mail.subject.contains('\n') && mail.subject.chars().count() < 60, "{name}: {}", mail.subject);
        assert!(
            mail.html.contains(&mail.preheader.replace('\'', "&#39;")) || mail.html.contains(&mail.preheader),
            "{name}: preheader"
        );
        assert!(mail.html.contains("color-scheme"), "{name}");
        assert!(!mail.html.contains("<script") && !mail.html.contains("<form"), "{name}");
    }
}

#[test]
fn mails_tell_the_same_twice() {
    for (name, mail) in samples::mails() {
        let flat: String = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
        for fact in [
            "7K3F9QX2M4",
            "€90.90",
            "€12,345.67",
            "DE00 0000 0000 0000 0000 00",
            "00340434161094021501",
            "15 minutes",
            "Lindenstraße 5",
            "B7K3F9",
            "18 instead of 24",
            "15 days",
        ] {
            assert_eq!(flat.contains(fact), mail.html.contains(fact), "{name}: {fact}");
        }
        for tag in tags(&mail.html).iter().filter(|tag| tag.name == "a") {
            let href = tag.get("href").unwrap().replace("&amp;", "&");
            assert!(mail.text.contains(href.trim_start_matches("mailto:")), "{name}: {href}");
        }
    }
}
