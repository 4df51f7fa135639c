//! Values of fields as columns, and rows as records.

use linli_domain::{
    AreaPath, FieldKind, Record, RecordId, Source, Timestamp, Value, Values,
    check::pinyin_initials,
    record::{Change, Ended, SourceKind},
    value::decimal_text,
};

use super::{EntityPlan, FieldPlan, Storage, names::META};
use uuid::Uuid;

use crate::{
    StoreError,
    crypto::{Crypto, mask::masked},
    dialect::{Row, Val},
};

/// Where columns are read from: a row of an answer, or cells in memory.
pub(crate) trait Cells {
    fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreError>;
    fn maybe_text(&self, at: usize) -> Result<Option<String>, StoreError>;
    fn maybe_id(&self, at: usize) -> Result<Option<Uuid>, StoreError>;
}

impl Cells for Row<'_> {
    fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreError> {
        Row::maybe_int(self, at)
    }

    fn maybe_text(&self, at: usize) -> Result<Option<String>, StoreError> {
        Row::maybe_text(self, at)
    }

    fn maybe_id(&self, at: usize) -> Result<Option<Uuid>, StoreError> {
        Row::maybe_id(self, at)
    }
}

impl Cells for [Val] {
    fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreError> {
        match self.get(at) {
            Some(Val::Int(number)) => Ok(Some(*number)),
            Some(Val::Null) => Ok(None),
            _ => Err(empty()),
        }
    }

    fn maybe_text(&self, at: usize) -> Result<Option<String>, StoreError> {
        match self.get(at) {
            Some(Val::Text(text)) => Ok(Some(text.clone())),
            Some(Val::Null) => Ok(None),
            _ => Err(empty()),
        }
    }

    fn maybe_id(&self, at: usize) -> Result<Option<Uuid>, StoreError> {
        match self.get(at) {
            Some(Val::Id(id)) => Ok(Some(*id)),
            Some(Val::Null) => Ok(None),
            _ => Err(empty()),
        }
    }
}

fn empty() -> StoreError {
    StoreError::Corrupt("a cell of another type".into())
}

/// A value as the content of an open column.
pub(crate) fn encode(value: &Value) -> Val {
    match value {
        Value::Null => Val::Null,
        Value::Bool(flag) => Val::Int(i64::from(*flag)),
        Value::Int(number) => Val::Int(*number),
        Value::Text(text) => Val::Text(text.clone()),
        Value::Date(day) => Val::Text(day.to_string()),
        Value::Time(moment) => Val::Int(moment.0),
        Value::Codes(codes) if codes.is_empty() => Val::Null,
        Value::Codes(codes) => Val::Text(format!("|{}|", codes.join("|"))),
        Value::Ref(id) => Val::Id(id.0),
    }
}

/// The content of an open column as a value.
pub(crate) fn decode<C: Cells + ?Sized>(row: &C, at: usize, kind: &FieldKind) -> Result<Value, StoreError> {
    Ok(match kind {
        FieldKind::Bool => row.maybe_int(at)?.map_or(Value::Null, |flag| Value::Bool(flag != 0)),
        FieldKind::Integer { .. } | FieldKind::Decimal { .. } | FieldKind::Money => {
            row.maybe_int(at)?.map_or(Value::Null, Value::Int)
        }
        FieldKind::Time => row.maybe_int(at)?.map_or(Value::Null, |moment| Value::Time(Timestamp(moment))),
        FieldKind::Ref { .. } => row.maybe_id(at)?.map_or(Value::Null, |id| Value::Ref(RecordId(id))),
        FieldKind::Date => match row.maybe_text(at)? {
            None => Value::Null,
            Some(text) => Value::Date(date(&text)?),
        },
        FieldKind::Codes { .. } => row.maybe_text(at)?.map_or(Value::Null, |text| codes(&text)),
        _ => row.maybe_text(at)?.map_or(Value::Null, Value::Text),
    })
}

pub(crate) fn date(text: &str) -> Result<jiff::civil::Date, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt(format!("`{text}` is not a date")))
}

pub(crate) fn path(text: &str) -> Result<AreaPath, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt(format!("`{text}` is not an area path")))
}

fn codes(text: &str) -> Value {
    Value::Codes(text.split('|').filter(|code| !code.is_empty()).map(str::to_owned).collect())
}

/// Whether a value is of its field's type. A wrong one is a programming error that must not reach a column.
pub(crate) fn check(field: &FieldPlan, value: &Value) -> Result<(), StoreError> {
    let kind = &field.field.kind;
    let fits = match value {
        Value::Null => true,
        Value::Bool(_) => matches!(kind, FieldKind::Bool),
        Value::Int(_) => matches!(kind, FieldKind::Integer { .. } | FieldKind::Decimal { .. } | FieldKind::Money),
        Value::Text(text) => kind.is_text() && !text.contains('\0'),
        Value::Date(_) => matches!(kind, FieldKind::Date),
        Value::Time(_) => matches!(kind, FieldKind::Time),
        Value::Codes(codes) => {
            matches!(kind, FieldKind::Codes { .. }) && codes.iter().all(|code| !code.contains(['|', '\0']))
        }
        Value::Ref(_) => matches!(kind, FieldKind::Ref { .. }),
    };
    if fits { Ok(()) } else { Err(StoreError::query(format!("a value of another type for `{}`", field.field.name))) }
}

/// The text a value is sealed, hashed and revealed as; `None` when nothing is known.
pub(crate) fn clear_text(value: &Value, kind: &FieldKind) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(flag) => flag.to_string(),
        Value::Int(units) => match kind {
            FieldKind::Decimal { scale, .. } => decimal_text(*units, *scale),
            _ => units.to_string(),
        },
        Value::Text(text) => text.clone(),
        Value::Date(day) => day.to_string(),
        Value::Time(moment) => moment.0.to_string(),
        Value::Codes(codes) => codes.join("|"),
        Value::Ref(id) => id.to_string(),
    })
}

/// What values of a field are hashed as, so that the same number is found in another register too.
pub(crate) fn hash_kind(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::IdentityNumber => "identity_number",
        FieldKind::CreditCode => "credit_code",
        FieldKind::Phone => "phone",
        FieldKind::PersonName => "person_name",
        _ => "text",
    }
}

/// Appends the columns of a field.
pub(crate) fn encode_field(
    crypto: &Crypto,
    plan: &EntityPlan,
    field: &FieldPlan,
    id: RecordId,
    value: &Value,
    into: &mut Vec<Val>,
) -> Result<(), StoreError> {
    check(field, value)?;
    match &field.storage {
        Storage::Open { .. } => into.push(encode(value)),
        Storage::Name { .. } => {
            into.push(encode(value));
            into.push(Val::maybe(value.as_text().map(pinyin_initials)));
        }
        Storage::Sealed { .. } => match clear_text(value, &field.field.kind) {
            None => into.extend([Val::Null, Val::Null, Val::Null]),
            Some(clear) => {
                into.push(Val::Bytes(crypto.seal(&plan.place(&field.field.name, id), &clear)?));
                into.push(Val::Bytes(crypto.lookup(hash_kind(&field.field.kind), &clear)));
                into.push(Val::Text(masked(&field.field.kind, &clear)));
            }
        },
    }
    Ok(())
}

/// A row of [`EntityPlan::select`] as a record.
pub(crate) fn record(row: &Row<'_>, plan: &EntityPlan) -> Result<Record, StoreError> {
    record_at(row, plan, &|field| field.at)
}

/// A row of [`EntityPlan::all`] as a record.
pub(crate) fn full_record<C: Cells + ?Sized>(row: &C, plan: &EntityPlan) -> Result<Record, StoreError> {
    record_at(row, plan, &|field| if field.is_sealed() { field.first + 2 } else { field.first })
}

fn record_at<C: Cells + ?Sized>(
    row: &C,
    plan: &EntityPlan,
    at: &dyn Fn(&FieldPlan) -> usize,
) -> Result<Record, StoreError> {
    let mut values = Values::new();
    let mut masks = std::collections::BTreeMap::new();
    for field in &plan.fields {
        if field.is_sealed() {
            if let Some(mask) = row.maybe_text(at(field))? {
                masks.insert(field.field.name.clone(), mask);
            }
        } else {
            let value = decode(row, at(field), &field.field.kind)?;
            if !value.is_null() {
                values.insert(field.field.name.clone(), value);
            }
        }
    }
    let ended = match row.maybe_text(10)? {
        None => None,
        Some(day) => Some(Ended {
            on: date(&day)?,
            reason: row.maybe_text(11)?.unwrap_or_default(),
            merged_into: row.maybe_id(12)?.map(RecordId),
        }),
    };
    let text = |at: usize| row.maybe_text(at)?.ok_or_else(empty);
    let int = |at: usize| row.maybe_int(at)?.ok_or_else(empty);
    let kind = text(8)?;
    let kind = SourceKind::from_name(&kind).ok_or_else(|| StoreError::Corrupt(format!("source `{kind}`")))?;
    Ok(Record {
        entity: plan.entity.name.clone(),
        home: text(0)?,
        id: RecordId(row.maybe_id(1)?.ok_or_else(empty)?),
        path: path(&text(2)?)?,
        version: int(3)?,
        since: Timestamp(int(4)?),
        created: Timestamp(int(5)?),
        by: text(6)?,
        source: Source { kind, reference: text(9)? },
        ended,
        values,
        masked: masks,
    })
}

/// Position of a meta column.
pub(crate) fn meta(name: &str) -> usize {
    META.iter().position(|column| *column == name).unwrap_or_default()
}

/// Name of a change as stored.
pub(crate) fn change_name(change: Change) -> &'static str {
    match change {
        Change::Created => "created",
        Change::Edited => "edited",
        Change::Moved => "moved",
        Change::Ended => "ended",
        Change::Reopened => "reopened",
    }
}

/// Reads [`change_name`].
pub(crate) fn change(name: &str) -> Change {
    match name {
        "created" => Change::Created,
        "moved" => Change::Moved,
        "ended" => Change::Ended,
        "reopened" => Change::Reopened,
        _ => Change::Edited,
    }
}
