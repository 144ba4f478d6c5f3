//! The names that people and other programs give to the columns of a stock list: English, German and French.

use super::mapping::Field;
use crate::search::folded;

/// The names of a field, the surest first, as [`plain`] writes them.
const fn names(field: Field) -> &'static [&'static str] {
    match field {
        Field::Sku => &[
            "sku",
            "variantsku",
            "productsku",
            "itemsku",
            "skunumber",
            "stockkeepingunit",
            "artikelnummer",
            "artikelnr",
            "artnr",
            "artno",
            "itemno",
            "itemnumber",
            "itemcode",
            "articlenumber",
            "articleno",
            "articlecode",
            "bestellnummer",
            "bestellnr",
            "produktnummer",
            "materialnummer",
            "productcode",
            "productnumber",
            "partnumber",
            "partno",
            "reference",
            "ref",
            "referencearticle",
            "refarticle",
            "codearticle",
            "referenceproduit",
            "codeproduit",
            "item",
            "artikel",
            "article",
        ],
        Field::Location => &[
            "location",
            "locationid",
            "warehouse",
            "warehouseid",
            "lager",
            "lagerort",
            "standort",
            "entrepot",
            "emplacement",
            "depot",
            "magasin",
            "lieu",
            "filiale",
            "site",
            "store",
            "warehousename",
            "locationname",
            "lagername",
        ],
        Field::OnHand => &[
            "onhand",
            "quantityonhand",
            "qtyonhand",
            "stockonhand",
            "onhandnew",
            "bestand",
            "lagerbestand",
            "istbestand",
            "lagermenge",
            "stock",
            "stocklevel",
            "instock",
            "stockquantity",
            "stockqty",
            "inventory",
            "inventoryqty",
            "inventoryquantity",
            "variantinventoryqty",
            "quantity",
            "qty",
            "count",
            "counted",
            "menge",
            "anzahl",
            "stuckzahl",
            "stueckzahl",
            "stuck",
            "stueck",
            "quantite",
            "quantiteenstock",
            "qte",
            "qtestock",
            "enstock",
            "stockreel",
            "units",
            "available",
            "onhandcurrent",
        ],
        Field::Delta => &[
            "delta",
            "change",
            "quantitychange",
            "qtychange",
            "stockchange",
            "adjustment",
            "adjust",
            "adjustby",
            "difference",
            "differenz",
            "anderung",
            "aenderung",
            "bestandsanderung",
            "bestandsaenderung",
            "veranderung",
            "veraenderung",
            "korrektur",
            "variation",
            "ajustement",
            "ecart",
            "mouvement",
            "movement",
        ],
        Field::Title => &[
            "title",
            "producttitle",
            "productname",
            "itemname",
            "name",
            "titel",
            "artikelbezeichnung",
            "artikelname",
            "produktname",
            "produktbezeichnung",
            "bezeichnung",
            "titre",
            "nom",
            "nomduproduit",
            "designation",
            "libelle",
            "intitule",
            "product",
            "produkt",
            "produit",
            "description",
            "itemdescription",
            "beschreibung",
        ],
        Field::Category => &[
            "category",
            "productcategory",
            "categories",
            "kategorie",
            "warengruppe",
            "produktkategorie",
            "artikelgruppe",
            "categorie",
            "famille",
            "rayon",
            "group",
            "gruppe",
            "producttype",
        ],
        Field::Price => &[
            "price",
            "unitprice",
            "saleprice",
            "salesprice",
            "sellingprice",
            "retailprice",
            "regularprice",
            "variantprice",
            "priceeach",
            "preis",
            "verkaufspreis",
            "vk",
            "vkpreis",
            "vkbrutto",
            "bruttopreis",
            "einzelpreis",
            "stuckpreis",
            "stueckpreis",
            "prix",
            "prixunitaire",
            "prixdevente",
            "prixttc",
            "pu",
        ],
        Field::Currency => &["currency", "currencycode", "pricecurrency", "wahrung", "waehrung", "devise", "monnaie"],
        Field::Barcode => &[
            "barcode",
            "variantbarcode",
            "ean",
            "gtin",
            "ean13",
            "gtin13",
            "eangtin",
            "gtinean",
            "eancode",
            "upc",
            "upca",
            "isbn",
            "eannummer",
            "strichcode",
            "barcodeean",
            "codebarres",
            "codebarre",
            "codeabarres",
            "codeean",
        ],
        Field::Supplier => &[
            "supplier",
            "supplierid",
            "suppliername",
            "vendor",
            "vendorid",
            "lieferant",
            "lieferantid",
            "lieferantennummer",
            "hersteller",
            "fournisseur",
            "manufacturer",
        ],
    }
}

/// A name as names are compared: letters and digits alone, lower case, without accents.
fn plain(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        match folded(letter) {
            Some(folded) => text.push_str(folded),
            None if letter.is_alphanumeric() => text.push(letter),
            None => {}
        }
    }
    text
}

/// How sure it is that a column of this name means the field: 0 is surest. None: it does not.
pub(super) fn rank(field: Field, name: &str) -> Option<usize> {
    let name = plain(name);
    names(field).iter().position(|known| *known == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_is_one_fields_and_plain() {
        let mut all = BTreeSet::new();
        for name in Field::ALL.iter().flat_map(|field| names(*field)) {
            assert_eq!(plain(name), *name);
            assert!(all.insert(*name), "{name} stands twice");
        }
        for field in Field::ALL {
            assert_eq!(rank(*field, field.as_str()), Some(0), "an export's own name is the surest");
        }
    }
}
