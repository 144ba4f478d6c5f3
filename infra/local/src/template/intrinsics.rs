//! The template as text: YAML with short tags, parameters, conditions, references.
//!
//! Knows CloudFormation's functions; it deliberately does not know what any resource is for, only what a reference
//! to it gives.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use serde_yaml_ng::Value as Yaml;

use super::{ACCOUNT, REGION, TemplateError, bucket_arn, function_arn, kebab, queue_arn, stream_arn, table_arn};

/// Values for the template's parameters.
pub type Parameters = BTreeMap<String, String>;

/// A template whose references can be followed.
pub(super) struct Template {
    root: Value,
    parameters: Parameters,
    endpoint: String,
}

fn shape(at: &str, why: &str) -> TemplateError {
    TemplateError::Shape { at: at.to_owned(), why: why.to_owned() }
}

impl Template {
    pub(super) fn parse(text: &str, given: &Parameters, endpoint: &str) -> Result<Self, TemplateError> {
        let yaml: Yaml = serde_yaml_ng::from_str(text).map_err(|error| TemplateError::Yaml(error.to_string()))?;
        let root = long_form(yaml)?;
        let mut parameters = Parameters::new();
        for (name, declared) in section(&root, "Parameters") {
            let value = match (given.get(name), declared.get("Default")) {
                (Some(value), _) => value.clone(),
                (None, Some(default)) => {
                    scalar(default).ok_or_else(|| shape(&format!("parameter {name}"), "its default is no scalar"))?
                }
                (None, None) => return Err(TemplateError::Parameter(name.clone())),
            };
            parameters.insert(name.clone(), value);
        }
        Ok(Self { root, parameters, endpoint: endpoint.to_owned() })
    }

    pub(super) fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// What the Globals section says of a kind of resource, unresolved.
    pub(super) fn globals(&self, kind: &str) -> Value {
        self.root.pointer(&format!("/Globals/{kind}")).cloned().unwrap_or(Value::Null)
    }

    /// The resources whose condition holds: logical id, type, properties as they stand.
    pub(super) fn resources(&self) -> Result<Vec<(&str, &str, &Value)>, TemplateError> {
        let mut listed = Vec::new();
        for (logical, resource) in section(&self.root, "Resources") {
            let kind = resource.get("Type").and_then(Value::as_str).ok_or_else(|| shape(logical, "it has no Type"))?;
            if let Some(condition) = resource.get("Condition") {
                let name = condition.as_str().ok_or_else(|| shape(logical, "its Condition is no name"))?;
                if !self.holds_named(name, logical)? {
                    continue;
                }
            }
            listed.push((logical.as_str(), kind, resource.get("Properties").unwrap_or(&Value::Null)));
        }
        Ok(listed)
    }

    /// A value with every reference followed.
    pub(super) fn resolve(&self, value: &Value, at: &str) -> Result<Value, TemplateError> {
        match value {
            Value::Object(map) => {
                if let Some((name, argument)) = intrinsic(map) {
                    return self.call(name, argument, at);
                }
                let mut resolved = Map::new();
                for (key, inner) in map {
                    let inner = self.resolve(inner, &format!("{at}.{key}"))?;
                    // AWS::NoValue takes the property away.
                    if inner != no_value() {
                        resolved.insert(key.clone(), inner);
                    }
                }
                Ok(Value::Object(resolved))
            }
            Value::Array(items) => {
                let mut resolved = Vec::with_capacity(items.len());
                for item in items {
                    let item = self.resolve(item, at)?;
                    if item != no_value() {
                        resolved.push(item);
                    }
                }
                Ok(Value::Array(resolved))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(value.clone()),
        }
    }

    fn call(&self, function: &str, argument: &Value, at: &str) -> Result<Value, TemplateError> {
        match function {
            "Ref" => self.reference(argument.as_str().ok_or_else(|| shape(at, "Ref takes a name"))?, at),
            "Fn::GetAtt" => {
                let (logical, attribute) = match argument {
                    Value::String(path) => path.split_once('.'),
                    Value::Array(parts) => match parts.as_slice() {
                        [Value::String(logical), Value::String(attribute)] => {
                            Some((logical.as_str(), attribute.as_str()))
                        }
                        _other => None,
                    },
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
                }
                .ok_or_else(|| shape(at, "GetAtt takes a resource and an attribute"))?;
                self.attribute(logical, attribute, at).map(Value::String)
            }
            "Fn::Sub" => self.substitute(argument, at).map(Value::String),
            "Fn::Join" => {
                let parts = self.resolve(argument, at)?;
                let (Some(separator), Some(items)) =
                    (parts.get(0).and_then(Value::as_str), parts.get(1).and_then(Value::as_array))
                else {
                    return Err(shape(at, "Join takes a separator and a list"));
                };
                let texts: Option<Vec<String>> = items.iter().map(scalar).collect();
                Ok(Value::String(texts.ok_or_else(|| shape(at, "Join takes scalars"))?.join(separator)))
            }
            "Fn::Split" => {
                let parts = self.resolve(argument, at)?;
                let (Some(separator), Some(text)) =
                    (parts.get(0).and_then(Value::as_str), parts.get(1).and_then(Value::as_str))
                else {
                    return Err(shape(at, "Split takes a separator and a text"));
                };
                Ok(text.split(separator).map(Value::from).collect())
            }
            "Fn::Select" => {
                let parts = self.resolve(argument, at)?;
                let index = parts
                    .get(0)
                    .and_then(scalar)
                    .and_then(|index| index.parse::<usize>().ok())
                    .ok_or_else(|| shape(at, "Select takes an index"))?;
                parts
                    .get(1)
                    .and_then(|list| list.get(index))
                    .cloned()
                    .ok_or_else(|| shape(at, "Select finds nothing there"))
            }
            "Fn::If" => {
                let Some([Value::String(condition), yes, no]) = argument.as_array().map(Vec::as_slice) else {
                    return Err(shape(at, "If takes a condition and two values"));
                };
                let chosen = if self.holds_named(condition, at)? { yes } else { no };
                self.resolve(chosen, at)
            }
            "Fn::Equals" | "Fn::Not" | "Fn::And" | "Fn::Or" | "Condition" => {
                self.holds(function, argument, at).map(Value::Bool)
            }
            other => Err(TemplateError::Intrinsic { at: at.to_owned(), function: other.to_owned() }),
        }
    }

    fn holds_named(&self, name: &str, at: &str) -> Result<bool, TemplateError> {
        let condition = self
            .root
            .pointer(&format!("/Conditions/{name}"))
            .ok_or_else(|| TemplateError::Unknown { at: at.to_owned(), name: name.to_owned() })?;
        self.truth(condition, at)
    }

    fn truth(&self, condition: &Value, at: &str) -> Result<bool, TemplateError> {
        self.resolve(condition, at)?.as_bool().ok_or_else(|| shape(at, "a condition is true or false"))
    }

    fn holds(&self, function: &str, argument: &Value, at: &str) -> Result<bool, TemplateError> {
        if function == "Condition" {
            let name = argument.as_str().ok_or_else(|| shape(at, "Condition takes a name"))?;
            return self.holds_named(name, at);
        }
        let items = argument.as_array().ok_or_else(|| shape(at, "a condition's function takes a list"))?;
        match function {
            "Fn::Equals" => {
                let sides: Vec<Option<String>> = items
                    .iter()
                    .map(|item| self.resolve(item, at).map(|side| scalar(&side)))
                    .collect::<Result<_, _>>()?;
                Ok(matches!(sides.as_slice(), [one, other] if one == other))
            }
            "Fn::Not" => items.first().map_or(Ok(true), |item| self.truth(item, at)).map(|truth| !truth),
            "Fn::And" => items.iter().try_fold(true, |all, item| self.truth(item, at).map(|truth| all && truth)),
            _or => items.iter().try_fold(false, |any, item| self.truth(item, at).map(|truth| any || truth)),
        }
    }

    fn kind(&self, logical: &str, at: &str) -> Result<&str, TemplateError> {
        self.root
            .pointer(&format!("/Resources/{logical}/Type"))
            .and_then(Value::as_str)
            .ok_or_else(|| TemplateError::Unknown { at: at.to_owned(), name: logical.to_owned() })
    }

    fn reference(&self, name: &str, at: &str) -> Result<Value, TemplateError> {
        if let Some(value) = self.parameters.get(name) {
            return Ok(Value::String(value.clone()));
        }
        let text = match name {
            "AWS::Region" => REGION.to_owned(),
            "AWS::AccountId" => ACCOUNT.to_owned(),
            "AWS::Partition" => "aws".to_owned(),
            "AWS::URLSuffix" => "amazonaws.com".to_owned(),
            "AWS::StackName" => "cartwright".to_owned(),
            "AWS::NoValue" => return Ok(no_value()),
            logical => match self.kind(logical, at)? {
                "AWS::SQS::Queue" => self.queue_url(logical),
                "AWS::S3::Bucket" => self.physical(logical, "BucketName", kebab, at)?,
                "AWS::SNS::Topic" => self.attribute(logical, "TopicArn", at)?,
                "AWS::Serverless::Function" => self.folder(logical),
                "AWS::DynamoDB::Table" => self.physical(logical, "TableName", str::to_owned, at)?,
                _nameless => logical.to_owned(),
            },
        };
        Ok(Value::String(text))
    }

    /// The URL of a queue.
    pub(super) fn queue_url(&self, logical: &str) -> String {
        format!("{}/{ACCOUNT}/{logical}", self.endpoint)
    }

    /// The folder of a function: what its CodeUri ends in, else its logical id's kebab.
    pub(super) fn folder(&self, logical: &str) -> String {
        self.root
            .pointer(&format!("/Resources/{logical}/Properties/CodeUri"))
            .and_then(Value::as_str)
            .and_then(|uri| uri.trim_end_matches('/').rsplit('/').next())
            .map_or_else(|| kebab(logical.strip_suffix("Function").unwrap_or(logical)), str::to_owned)
    }

    /// The name that a resource gives itself, or else what `otherwise` makes of its logical id.
    pub(super) fn physical(
        &self,
        logical: &str,
        property: &str,
        otherwise: fn(&str) -> String,
        at: &str,
    ) -> Result<String, TemplateError> {
        match self.root.pointer(&format!("/Resources/{logical}/Properties/{property}")) {
            Some(named) => scalar(&self.resolve(named, at)?).ok_or_else(|| shape(at, "a name is a scalar")),
            None => Ok(otherwise(logical)),
        }
    }

    fn attribute(&self, logical: &str, attribute: &str, at: &str) -> Result<String, TemplateError> {
        let kind = self.kind(logical, at)?;
        Ok(match (kind, attribute) {
            ("AWS::DynamoDB::Table", "Arn") => table_arn(&self.physical(logical, "TableName", str::to_owned, at)?),
            ("AWS::DynamoDB::Table", "StreamArn") => {
                stream_arn(&self.physical(logical, "TableName", str::to_owned, at)?)
            }
            ("AWS::SQS::Queue", "Arn") => queue_arn(logical),
            ("AWS::SQS::Queue", "QueueName") => logical.to_owned(),
            ("AWS::SQS::Queue", "QueueUrl") => self.queue_url(logical),
            ("AWS::S3::Bucket", "Arn") => bucket_arn(&self.physical(logical, "BucketName", kebab, at)?),
            ("AWS::SNS::Topic", "TopicArn" | "Arn") => {
                format!("arn:aws:sns:{REGION}:{ACCOUNT}:{logical}")
            }
            ("AWS::Serverless::Function", "Arn") => function_arn(&self.folder(logical)),
            // What matters on AWS alone is named all the same, so that a text that mentions it can be made.
            (_elsewhere, attribute) => format!("{logical}.{attribute}"),
        })
    }

    fn substitute(&self, argument: &Value, at: &str) -> Result<String, TemplateError> {
        let (text, own) = match argument {
            Value::String(text) => (text.as_str(), None),
            Value::Array(parts) => match parts.as_slice() {
                [Value::String(text), Value::Object(own)] => (text.as_str(), Some(own)),
                _other => return Err(shape(at, "Sub takes a text and names")),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
                return Err(shape(at, "Sub takes a text"));
            }
        };
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            result.push_str(&rest[..start]);
            let after = &rest[start + 2..];
            let end = after.find('}').ok_or_else(|| shape(at, "Sub has an open ${"))?;
            let name = &after[..end];
            if let Some(literal) = name.strip_prefix('!') {
                result.push_str("${");
                result.push_str(literal);
                result.push('}');
            } else {
                let value = match own.and_then(|own| own.get(name)) {
                    Some(value) => self.resolve(value, at)?,
                    None => match name.split_once('.') {
                        Some((logical, attribute)) => Value::String(self.attribute(logical, attribute, at)?),
                        None => self.reference(name, at)?,
                    },
                };
                result.push_str(&scalar(&value).ok_or_else(|| shape(at, "Sub puts scalars into a text"))?);
            }
            rest = &after[end + 1..];
        }
        result.push_str(rest);
        Ok(result)
    }
}

/// What `AWS::NoValue` resolves to, before the property that holds it goes.
fn no_value() -> Value {
    Value::String("\u{0}AWS::NoValue".to_owned())
}

/// A scalar as text.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn section<'a>(root: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    root.get(name).and_then(Value::as_object).into_iter().flatten()
}

/// The function call that a mapping is, where it is one.
fn intrinsic(map: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut entries = map.iter();
    match (entries.next(), entries.next()) {
        (Some((name, argument)), None) if name == "Ref" || name == "Condition" || name.starts_with("Fn::") => {
            // A policy's own Condition block is a mapping, not a name.
            (name != "Condition" || argument.is_string()).then_some((name.as_str(), argument))
        }
        _other => None,
    }
}

/// YAML as JSON, `!Sub x` as `{"Fn::Sub": x}`.
fn long_form(yaml: Yaml) -> Result<Value, TemplateError> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(truth) => Value::Bool(truth),
        Yaml::Number(number) => {
            serde_json::to_value(&number).map_err(|error| TemplateError::Yaml(error.to_string()))?
        }
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(long_form).collect::<Result<Vec<_>, _>>()?),
        Yaml::Mapping(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let key = match key {
                    Yaml::String(text) => text,
                    Yaml::Null
                    | Yaml::Bool(_)
                    | Yaml::Number(_)
                    | Yaml::Sequence(_)
                    | Yaml::Mapping(_)
                    | Yaml::Tagged(_) => scalar(&long_form(key)?)
                        .ok_or_else(|| TemplateError::Yaml("a key that is no scalar".to_owned()))?,
                };
                map.insert(key, long_form(value)?);
            }
            Value::Object(map)
        }
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            let name = match name {
                "Ref" | "Condition" => name.to_owned(),
                other => format!("Fn::{other}"),
            };
            Value::Object(Map::from_iter([(name, long_form(tagged.value)?)]))
        }
    })
}
