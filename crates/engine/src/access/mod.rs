//! Who may enter, and with what rights: accounts, grants, sign-in with lock-out, sessions, two-step sign-in, and the
//! subject at the city's own identity provider.
//!
//! Invariants: a password is never kept or logged, only its argon2id hash; a session's token is never kept, only its
//! SHA-256; nobody grants more than they hold.

mod account;
mod cache;
mod change_password;
mod create_account;
mod edit_account;
mod granting;
mod list_accounts;
mod oidc;
mod password;
mod preferences;
mod session;
mod sign_in;
mod totp;

pub(crate) use account::home as home_of;
pub use account::{AccountView, GrantInput, GrantView, get as account};
pub use cache::SessionCache;
pub use change_password::change_password;
pub use create_account::{NewAccount, create as create_account};
pub use edit_account::{AccountChange, edit as edit_account};
pub use list_accounts::{AccountFilter, AccountPage, list as list_accounts};
pub use oidc::{OidcIdentity, enter as sign_in_by_oidc};
pub use password::hash_blocking as hash_password_blocking;
pub use preferences::{PreferencesChange, PreferencesView, change as change_preferences};
pub use session::{
    DemoAccount, MapView, PermissionView, SessionAccount, SessionView, SignedIn, demo_accounts, holds, resume,
    set_demo_accounts, sign_out, sign_out_everywhere, view,
};
pub use sign_in::{Entry, SignIn, sign_in, verify_password};
pub use totp::{TotpOffer, confirm as confirm_totp, remove as remove_totp, start as start_totp};
