//! Shipping zones as two flat tables: the zones, and the ways to send with the zone that each belongs to.

use domain::FieldError;
use serde_json::{Map, Value};

/// The settings with every zone's methods in one list, each naming its zone.
pub(crate) fn flat(mut settings: Value) -> Value {
    let mut methods = Vec::new();
    for zone in settings["zones"].as_array_mut().into_iter().flatten() {
        let id = zone["id"].clone();
        let own = zone.as_object_mut().and_then(|zone| zone.remove("methods"));
        for mut method in own.as_ref().and_then(Value::as_array).cloned().unwrap_or_default() {
            method["zone"] = id.clone();
            methods.push(method);
        }
    }
    settings["methods"] = Value::Array(methods);
    settings
}

/// Puts each method into its zone. What names no zone is answered.
pub(crate) fn nest(settings: &mut Map<String, Value>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let methods = settings.remove("methods").unwrap_or_default();
    let Some(zones) = settings.get_mut("zones").and_then(Value::as_array_mut) else {
        return errors;
    };
    for zone in zones.iter_mut() {
        zone["methods"] = Value::Array(Vec::new());
    }
    for (row, method) in methods.as_array().into_iter().flatten().enumerate() {
        let mut method = method.clone();
        let id = method.as_object_mut().and_then(|method| method.remove("zone")).unwrap_or_default();
        let zone = zones.iter_mut().find(|zone| zone["id"] == id);
        match zone.and_then(|zone| zone["methods"].as_array_mut()) {
            Some(own) => own.push(method),
            None => errors.push(FieldError {
                pointer: format!("/methods/{row}/zone"),
                detail: "Enter one of the zones above.".to_owned(),
            }),
        }
    }
    errors
}

/// `/zones/1/methods/0/name` as the row of the second table that it stands in. Both tables have the zone's id first.
pub(crate) fn unnested(pointer: &str, zones: &[Vec<String>], methods: &[Vec<String>]) -> Option<String> {
    let mut parts = pointer.strip_prefix("/zones/")?.splitn(4, '/');
    let zone = zones.get(parts.next()?.parse::<usize>().ok()?)?.first()?;
    let (Some("methods"), Some(number), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let number: usize = number.parse().ok()?;
    let own = methods.iter().enumerate().filter(|(_, method)| method.first() == Some(zone));
    own.map(|(row, _)| row).nth(number).map(|row| format!("/methods/{row}/{rest}"))
}
