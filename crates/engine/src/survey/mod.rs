//! The cloud survey: campaigns at street, community and resident level, whom to ask, phone interviews, what the answers say.
//!
//! A campaign is a record of the register `survey/campaign`; it names the form of each level. Its answers are those its forms
//! received between its days in its area. Which of them count is a stated rule ([`quality`]), the same for everybody.
//!
//! | file | what for |
//! |---|---|
//! | `campaign` | campaigns as records; who may see which |
//! | `answers`, `load` | the answers to a form as columns, kept until one changes |
//! | `quality` | answers to look at; which are left out, and by what rule |
//! | `counted` | which answers to a form count, for everybody who counts them |
//! | `select` | the valid answers of a campaign, a level and an area, within one's scope |
//! | `response` | issued, received, valid, complete; rates |
//! | `analysis` | frequencies, scales, numbers |
//! | `cross` | two questions against each other |
//! | `text`, `segment` | open answers: words and groups |
//! | `weights` | raking to what the register knows |
//! | `compare` | what communities say against what registers show |
//! | `progress` | how far each level is, by stratum |
//! | `strata`, `plan`, `sample` | quotas, draws, one-time links, call lists |
//! | `handout` | whom a draw found, to take along |
//! | `invite` | links by notice, and as text messages |
//! | `calls`, `call_outcome` | phone interviews |
//! | `suggestion`, `suggestions` | which topic a suggestion is, which are alike; those of a campaign |
//! | `export` | every table as .xlsx |

mod analysis;
mod answers;
mod call_outcome;
mod calls;
mod campaign;
mod compare;
mod counted;
mod cross;
mod drawn;
mod export;
mod flags;
mod handout;
mod invite;
mod load;
mod plan;
mod progress;
mod quality;
mod response;
mod sample;
mod segment;
mod select;
mod strata;
mod suggestion;
mod suggestions;
mod text;
mod weights;

pub use analysis::{Analysis, ItemView, QuestionView, analysis};
pub use answers::{Answers, Asked, Kind};
pub use call_outcome::{CallOutcome, outcome};
pub use calls::{Call, CallItem, CallList, NextCall, OutcomesView, calls, next_call};
pub use campaign::{CampaignView, Campaigns, Level, get, list};
pub use compare::{Comparison, ComparisonRow, compare};
pub(crate) use counted::{Verdict, counted};
pub use cross::{CrossView, Side, TestView, WarningView, cross};
pub use export::Table;
pub use flags::{FlagRow, FlagsView, flags};
pub use handout::handout;
pub(crate) use invite::workers;
pub use invite::{Invited, invite, messages};
pub use load::{Cache, columns};
pub use plan::{Plan, PlanInput, StratumView, plan};
pub use progress::{LevelProgress, Progress, ProgressStratum, progress};
pub use response::ResponseView;
pub use sample::{Drawn, SampleInput, SampleMode, sample};
pub use select::Ask;
pub use suggestion::{Proposal, SimilarGroup, SimilarView, SuggestionRef, TopicGuess, propose, similar};
pub use suggestions::{SuggestionView, Suggestions, suggestions};
pub use text::{ClusterView, KeywordView, TextView, text};
pub use weights::WeightsView;

/// The register of campaigns.
const CAMPAIGN: &str = "survey/campaign";
/// The register of phone interviews.
const INTERVIEW: &str = "survey/interview";
