//! JSON Schema (draft 2020-12) of a document, from the declared form.

use serde_json::{Map, Value, json};

use super::fields::CONTRACT;
use super::shape::{DESCRIPTIVE, Field, Shape};

/// The schema of contract documents.
pub fn schema() -> Value {
    schema_of(&CONTRACT, "carepact contract, language version 1")
}

/// The schema of documents of a form.
pub fn schema_of(shape: &Shape, title: &str) -> Value {
    let mut schema = of_shape(shape);
    if let Value::Object(members) = &mut schema {
        members.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
        members.insert("title".into(), json!(title));
    }
    schema
}

fn of_shape(shape: &Shape) -> Value {
    match shape {
        Shape::Text | Shape::Reference | Shape::Date | Shape::Unit => {
            json!({ "type": "string", "description": shape.words() })
        }
        Shape::Number | Shape::Quantity | Shape::Formula => {
            json!({ "type": ["string", "number"], "description": shape.words() })
        }
        Shape::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::List(item) => json!({ "type": "array", "items": of_shape(item) }),
        Shape::Map(value) => json!({ "type": "object", "additionalProperties": of_shape(value) }),
        Shape::Object(fields) => of_object(fields),
        Shape::Either(shapes) => json!({ "anyOf": shapes.iter().map(of_shape).collect::<Vec<_>>() }),
        Shape::Cells => json!({ "type": ["object", "array", "string", "number"] }),
    }
}

fn of_object(fields: &[Field]) -> Value {
    let mut properties = Map::new();
    for field in fields {
        let mut value = of_shape(field.shape);
        if let Value::Object(members) = &mut value {
            members.insert("description".into(), json!(field.meaning));
        }
        properties.insert(field.name.into(), value);
    }
    for name in DESCRIPTIVE {
        properties.entry(name).or_insert(json!({ "type": "string" }));
    }
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}
