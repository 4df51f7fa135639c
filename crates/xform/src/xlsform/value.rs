//! A row's values after its headers were split: texts, and maps in the order of the columns.

/// One value of a [`Map`].
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A cell's text.
    Text(String),
    /// Several cells of one kind, by language or by attribute.
    Map(Map),
}

impl Value {
    /// The text, when it is one.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Map(_) => None,
        }
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Map(map) => map.is_empty(),
        }
    }

    /// The text, or the first text inside.
    pub(super) fn first_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Map(map) => map.iter().next().map_or("", |(_, v)| v.first_text()),
        }
    }
}

/// A small map that keeps the order in which keys were first set; rows have few keys, so a list is fastest.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Map(Vec<(String, Value)>);

impl Map {
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.0.iter_mut().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// The text under a key.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Value::as_text)
    }

    /// The map under a key.
    pub(super) fn map(&self, key: &str) -> Option<&Map> {
        match self.get(key) {
            Some(Value::Map(map)) => Some(map),
            _ => None,
        }
    }

    /// The text under two keys, `control` then `appearance`.
    pub(super) fn text_in(&self, key: &str, inner: &str) -> Option<&str> {
        self.map(key).and_then(|m| m.text(inner))
    }

    pub(super) fn set(&mut self, key: &str, value: Value) {
        match self.get_mut(key) {
            Some(old) => *old = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    pub(super) fn set_text(&mut self, key: &str, text: impl Into<String>) {
        self.set(key, Value::Text(text.into()));
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<Value> {
        let at = self.0.iter().position(|(k, _)| k == key)?;
        Some(self.0.remove(at).1)
    }

    /// Takes the text under a key out; something that is no text stays.
    pub(super) fn take_text(&mut self, key: &str) -> Option<String> {
        self.text(key)?;
        match self.remove(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Takes the map under a key out; an empty map when there is none.
    pub(super) fn take_map(&mut self, key: &str) -> Option<Map> {
        self.map(key)?;
        match self.remove(key) {
            Some(Value::Map(map)) => Some(map),
            _ => None,
        }
    }

    pub(super) fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v))
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value)> {
        self.0.iter_mut().map(|(k, v)| (k.as_str(), v))
    }

    /// Sets all keys of another map.
    pub(super) fn update(&mut self, other: Map) {
        for (key, value) in other.0 {
            self.set(&key, value);
        }
    }

    /// Puts a value at a path, merging with what is there: a text beside a map of languages becomes that map's entry
    /// for the default language, unless there is one.
    pub(super) fn merge_at(&mut self, path: &[String], text: String, default_key: &str) {
        let [key, rest @ ..] = path else { return };
        let new = nested(rest, text);
        match self.get_mut(key) {
            Some(old) if !old.is_empty() => merge(old, new, default_key),
            _ => self.set(key, new),
        }
    }
}

fn nested(path: &[String], text: String) -> Value {
    let mut value = Value::Text(text);
    for key in path.iter().rev() {
        value = Value::Map(Map(vec![(key.clone(), value)]));
    }
    value
}

/// Merges `new` into `old`; texts on either side stand for the default language.
fn merge(old: &mut Value, new: Value, default_key: &str) {
    if new.is_empty() {
        return;
    }
    if old.is_empty() {
        *old = new;
        return;
    }
    if let Value::Text(text) = old {
        if let Value::Map(map) = &new
            && map.contains(default_key)
        {
            *old = new;
            return;
        }
        let text = std::mem::take(text);
        *old = Value::Map(Map(vec![(default_key.to_owned(), Value::Text(text))]));
    }
    let Value::Map(into) = old else { return };
    match new {
        Value::Text(_) if into.contains(default_key) => {}
        Value::Text(text) => into.set_text(default_key, text),
        Value::Map(map) => {
            for (key, value) in map.0 {
                match into.get_mut(&key) {
                    Some(old) => merge(old, value, default_key),
                    None => into.0.push((key, value)),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(p: &str) -> Vec<String> {
        p.split("::").map(str::to_owned).collect()
    }

    #[test]
    fn a_text_beside_languages_is_the_default_language() {
        let mut row = Map::default();
        row.set_text("label", "Name");
        row.merge_at(&path("label::zh"), "姓名".into(), "default");
        assert_eq!(row.map("label").and_then(|m| m.text("default")), Some("Name"));
        assert_eq!(row.text_in("label", "zh"), Some("姓名"));
    }

    #[test]
    fn a_column_of_the_default_language_wins_over_one_without_a_language() {
        let mut row = Map::default();
        row.set_text("label", "Name");
        row.merge_at(&path("label::zh"), "姓名".into(), "zh");
        assert_eq!(row.text_in("label", "zh"), Some("姓名"));
        assert_eq!(row.map("label").map(|m| m.iter().count()), Some(1));
    }

    #[test]
    fn attributes_of_one_group_stand_side_by_side() {
        let mut row = Map::default();
        row.merge_at(&path("bind::relevant"), "a".into(), "default");
        row.merge_at(&path("bind::jr:constraintMsg::en"), "b".into(), "default");
        assert_eq!(row.text_in("bind", "relevant"), Some("a"));
        assert_eq!(row.map("bind").and_then(|m| m.map("jr:constraintMsg")).and_then(|m| m.text("en")), Some("b"));
    }
}
