//! Forms, their versions and their media. A form is seen by whoever works in its area or below, and by those above it.

use linli_domain::{AreaPath, Permit, RecordId, Scope, Subject, Timestamp, Verb};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::batches::{name_of, named};
use crate::{
    ReadTx, StoreError, WriteError, WriteTx,
    dialect::{Row, Val},
    schema::values::path,
    sql::{Sql, filter::push_scope},
    tx::permitted_on,
};

/// A form.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// Id.
    pub id: RecordId,
    /// `form_id` of its XLSForm: unique in the installation, because phones know forms by it.
    pub form_id: String,
    /// Title.
    pub title: String,
    /// Area it is for: seen there and below.
    pub area: AreaPath,
    /// Whether it takes answers.
    pub state: FormState,
    /// Version that new answers are given to.
    pub published: Option<String>,
    /// Pack it was shipped by.
    pub pack: Option<String>,
    /// Settings kept from version to version: links of questions to elements, reasons, lists.
    pub settings: Json,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
    /// Who made it.
    pub by: RecordId,
    /// Their name.
    pub by_name: String,
}

/// Whether a form takes answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormState {
    /// Never published.
    Draft,
    /// Handed out, answers taken.
    Open,
    /// No longer handed out; answers of phones that have it are taken.
    Closing,
    /// No answers taken.
    Closed,
}

/// Whether a version is worked on, in force or past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionState {
    /// Being worked on.
    Draft,
    /// In force.
    Published,
    /// Was in force; its answers are still taken.
    Retired,
}

/// A version of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct FormVersion {
    /// Form.
    pub form: RecordId,
    /// Where it is kept: [`DRAFT`], or [`slot_of`] its version.
    pub slot: String,
    /// Version as the form states it; may be empty.
    pub version: String,
    /// State.
    pub state: VersionState,
    /// MD5 of the XForm, in hexadecimal: OpenRosa asks for it.
    pub hash: String,
    /// Name of the file it was made from.
    pub file_name: String,
    /// XForm.
    pub xml: String,
    /// What the compiler found: questions, findings, languages, lists.
    pub compiled: Json,
    /// When it was uploaded or published.
    pub at: Timestamp,
    /// By whom.
    pub by: RecordId,
    /// Their name.
    pub by_name: String,
}

/// Slot of the version that is worked on.
pub const DRAFT: &str = "draft";

/// Slot of a published version.
pub fn slot_of(version: &str) -> String {
    format!("v:{version}")
}

/// A file that a version of a form needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormMedia {
    /// Name, as the form writes it.
    pub name: String,
    /// SHA-256 of the bytes, in hexadecimal: where the engine keeps them.
    pub sha256: String,
    /// MD5 of the bytes, in hexadecimal: what phones compare.
    pub md5: String,
    /// Bytes.
    pub size: i64,
    /// When it was uploaded.
    pub at: Timestamp,
}

const SEE: &[Verb] = &[Verb::Read, Verb::Create, Verb::Edit, Verb::Manage];
const CHANGE: &[Verb] = &[Verb::Create, Verb::Edit, Verb::Manage];

impl ReadTx<'_> {
    /// The forms a permit on forms (or on answers) reaches: those of areas in its scope and above, latest change first.
    pub fn forms(&mut self, permit: &Permit) -> Result<Vec<Form>, StoreError> {
        let mut sql = self.forms_sql(permit)?;
        sql.push(" ORDER BY updated DESC, id DESC");
        self.rows(&sql, form)
    }

    /// A form in reach.
    pub fn form(&mut self, permit: &Permit, id: RecordId) -> Result<Option<Form>, StoreError> {
        let mut sql = self.forms_sql(permit)?;
        sql.push(" AND id = ").bind(Val::Id(id.0));
        self.first(&sql, form)
    }

    /// The form in reach that phones know by `form_id`.
    pub fn form_named(&mut self, permit: &Permit, form_id: &str) -> Result<Option<Form>, StoreError> {
        let mut sql = self.forms_sql(permit)?;
        sql.push(" AND form_id = ").bind(Val::text(form_id));
        self.first(&sql, form)
    }

    /// Whether `form_id` is taken anywhere.
    pub fn form_id_taken(&mut self, form_id: &str) -> Result<Option<RecordId>, StoreError> {
        let mut sql = self.sql("SELECT id FROM linli_form WHERE form_id = ");
        sql.bind(Val::text(form_id));
        self.first(&sql, |row| Ok(RecordId(row.id(0)?)))
    }

    /// A version of a form that was read with a permit.
    pub fn form_version(&mut self, form: &Form, slot: &str) -> Result<Option<FormVersion>, StoreError> {
        let mut sql = self.sql(format!("SELECT {VERSION} FROM linli_form_version WHERE form = "));
        sql.bind(Val::Id(form.id.0)).push(" AND slot = ").bind(Val::text(slot));
        self.first(&sql, version)
    }

    /// All versions of a form, latest first.
    pub fn form_versions(&mut self, form: &Form) -> Result<Vec<FormVersion>, StoreError> {
        let mut sql = self.sql(format!("SELECT {VERSION} FROM linli_form_version WHERE form = "));
        sql.bind(Val::Id(form.id.0)).push(" ORDER BY at DESC, slot");
        self.rows(&sql, version)
    }

    /// The file a version was made from.
    pub fn form_source(&mut self, form: &Form, slot: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut sql = self.sql("SELECT source FROM linli_form_version WHERE form = ");
        sql.bind(Val::Id(form.id.0)).push(" AND slot = ").bind(Val::text(slot));
        self.first(&sql, |row| row.bytes(0))
    }

    /// Files of a version, by name.
    pub fn form_media(&mut self, form: RecordId, slot: &str) -> Result<Vec<FormMedia>, StoreError> {
        let mut sql = self.sql("SELECT name, sha256, md5, size, at FROM linli_form_media WHERE form = ");
        sql.bind(Val::Id(form.0)).push(" AND slot = ").bind(Val::text(slot)).push(" ORDER BY name");
        self.rows(&sql, |row| {
            Ok(FormMedia {
                name: row.text(0)?,
                sha256: row.text(1)?,
                md5: row.text(2)?,
                size: row.int(3)?,
                at: Timestamp(row.int(4)?),
            })
        })
    }

    fn forms_sql(&self, permit: &Permit) -> Result<Sql, StoreError> {
        if *permit.subject() != Subject::Responses {
            permitted_on(permit, &Subject::Forms, SEE)?;
        }
        let mut sql = self.sql(format!("SELECT {FORM} FROM linli_form WHERE ("));
        push_scope(&mut sql, "area", permit.scope());
        if let Scope::Areas(areas) = permit.scope() {
            let mut above: Vec<AreaPath> =
                areas.iter().filter_map(AreaPath::parent).flat_map(|up| up.ancestry()).collect();
            above.sort();
            above.dedup();
            if !above.is_empty() {
                sql.push(" OR area IN (");
                sql.bind_all(above.iter().map(|path| Val::text(path.as_str()))).push(")");
            }
        }
        sql.push(")");
        Ok(sql)
    }
}

impl WriteTx<'_> {
    /// Makes or changes a form (permit: forms; its area must lie in the scope).
    pub fn put_form(&mut self, permit: &Permit, form: &Form) -> Result<(), WriteError> {
        permitted_on(permit, &Subject::Forms, CHANGE)?;
        if !permit.scope().covers(&form.area) {
            return Err(WriteError::OutOfScope);
        }
        if self.form_id_taken(&form.form_id)?.is_some_and(|holder| holder != form.id) {
            return Err(StoreError::Exists(form.form_id.clone()).into());
        }
        let text = format!(
            "INSERT INTO linli_form ({FORM}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             ON CONFLICT (id) DO UPDATE SET form_id = excluded.form_id, title = excluded.title, area = excluded.area, \
             state = excluded.state, published = excluded.published, pack = excluded.pack, settings = excluded.settings, \
             updated = excluded.updated"
        );
        let params = [
            Val::Id(form.id.0),
            Val::text(&form.form_id),
            Val::text(&form.title),
            Val::text(form.area.as_str()),
            name_of(&form.state)?,
            Val::maybe(form.published.clone()),
            Val::maybe(form.pack.clone()),
            Val::text(form.settings.to_string()),
            Val::Int(form.created.0),
            Val::Int(form.updated.0),
            Val::Id(form.by.0),
            Val::text(&form.by_name),
        ];
        self.execute(&text, &params)?;
        Ok(())
    }

    /// Makes or replaces a version of a form that [`Self::put_form`] was permitted for.
    pub fn put_form_version(
        &mut self,
        permit: &Permit,
        version: &FormVersion,
        source: &[u8],
    ) -> Result<(), StoreError> {
        permitted_on(permit, &Subject::Forms, CHANGE)?;
        let text = format!(
            "INSERT INTO linli_form_version ({VERSION}, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             ON CONFLICT (form, slot) DO UPDATE SET version = excluded.version, state = excluded.state, \
             hash = excluded.hash, file_name = excluded.file_name, xml = excluded.xml, compiled = excluded.compiled, \
             at = excluded.at, by_id = excluded.by_id, by_name = excluded.by_name, source = excluded.source"
        );
        let params = [
            Val::Id(version.form.0),
            Val::text(&version.slot),
            Val::text(&version.version),
            name_of(&version.state)?,
            Val::text(&version.hash),
            Val::text(&version.file_name),
            Val::text(&version.xml),
            Val::text(version.compiled.to_string()),
            Val::Int(version.at.0),
            Val::Id(version.by.0),
            Val::text(&version.by_name),
            Val::Bytes(source.to_vec()),
        ];
        self.execute(&text, &params)?;
        Ok(())
    }

    /// Changes what is known of a version (its state, what the compiler found), not its source.
    pub fn set_form_version(
        &mut self,
        permit: &Permit,
        form: RecordId,
        slot: &str,
        state: VersionState,
        compiled: &Json,
    ) -> Result<(), StoreError> {
        permitted_on(permit, &Subject::Forms, CHANGE)?;
        let text = "UPDATE linli_form_version SET state = $1, compiled = $2 WHERE form = $3 AND slot = $4";
        let params = [name_of(&state)?, Val::text(compiled.to_string()), Val::Id(form.0), Val::text(slot)];
        self.execute(text, &params)?;
        Ok(())
    }

    /// Forgets the draft of a form, with its media.
    pub fn drop_form_draft(&mut self, permit: &Permit, form: RecordId) -> Result<(), StoreError> {
        permitted_on(permit, &Subject::Forms, CHANGE)?;
        for table in ["linli_form_version", "linli_form_media"] {
            let text = format!("DELETE FROM {table} WHERE form = $1 AND slot = $2");
            self.execute(&text, &[Val::Id(form.0), Val::text(DRAFT)])?;
        }
        Ok(())
    }

    /// Makes or replaces a file of a version.
    pub fn put_form_media(
        &mut self,
        permit: &Permit,
        form: RecordId,
        slot: &str,
        media: &FormMedia,
    ) -> Result<(), StoreError> {
        permitted_on(permit, &Subject::Forms, CHANGE)?;
        let text = "INSERT INTO linli_form_media (form, slot, name, sha256, md5, size, at) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (form, slot, name) DO UPDATE SET \
                    sha256 = excluded.sha256, md5 = excluded.md5, size = excluded.size, at = excluded.at";
        let params = [
            Val::Id(form.0),
            Val::text(slot),
            Val::text(&media.name),
            Val::text(&media.sha256),
            Val::text(&media.md5),
            Val::Int(media.size),
            Val::Int(media.at.0),
        ];
        self.execute(text, &params)?;
        Ok(())
    }

    /// Takes a file off a version.
    pub fn drop_form_media(
        &mut self,
        permit: &Permit,
        form: RecordId,
        slot: &str,
        name: &str,
    ) -> Result<bool, StoreError> {
        permitted_on(permit, &Subject::Forms, CHANGE)?;
        let text = "DELETE FROM linli_form_media WHERE form = $1 AND slot = $2 AND name = $3";
        Ok(self.execute(text, &[Val::Id(form.0), Val::text(slot), Val::text(name)])? > 0)
    }
}

const FORM: &str = "id, form_id, title, area, state, published, pack, settings, created, updated, by_id, by_name";
const VERSION: &str = "form, slot, version, state, hash, file_name, xml, compiled, at, by_id, by_name";

fn form(row: &Row<'_>) -> Result<Form, StoreError> {
    Ok(Form {
        id: RecordId(row.id(0)?),
        form_id: row.text(1)?,
        title: row.text(2)?,
        area: path(&row.text(3)?)?,
        state: named(&row.text(4)?)?,
        published: row.maybe_text(5)?,
        pack: row.maybe_text(6)?,
        settings: serde_json::from_str(&row.text(7)?)?,
        created: Timestamp(row.int(8)?),
        updated: Timestamp(row.int(9)?),
        by: RecordId(row.id(10)?),
        by_name: row.text(11)?,
    })
}

fn version(row: &Row<'_>) -> Result<FormVersion, StoreError> {
    Ok(FormVersion {
        form: RecordId(row.id(0)?),
        slot: row.text(1)?,
        version: row.text(2)?,
        state: named(&row.text(3)?)?,
        hash: row.text(4)?,
        file_name: row.text(5)?,
        xml: row.text(6)?,
        compiled: serde_json::from_str(&row.text(7)?)?,
        at: Timestamp(row.int(8)?),
        by: RecordId(row.id(9)?),
        by_name: row.text(10)?,
    })
}
