// Forms of the tests as XLSForms in Markdown, as people keep them in git. The people in them are invented.

/**
 * A visit to an elderly person who lives alone: prefilled, with a constraint, a photo and a repeat. `saves`: the answer
 * updates the person's record, whom the form chooses.
 */
export function visitForm(id, { version = 1, saves = false, reason = '冬季走访当面核对', heat = '暖气热不热', more = '' } = {}) {
  const save = (property) => (saves ? `people_resident#${property}` : '');
  const chosen = '| | select_one_from_file people_resident.csv | resident | 走访对象 | Whom | yes | | | | | | |\n';
  const entities = '| entities |\n| | list_name | entity_id | label |\n| | people_resident | ${resident} | ${contact_name} |\n';
  return `
| survey |
| | type | name | label::Chinese (zh) | label::English (en) | required | constraint | constraint_message::Chinese (zh) | constraint_message::English (en) | save_to | linli::element | linli::reason |
${saves ? chosen : ''}| | text | contact_name | 紧急联系人 | Contact person | | | | | ${save('contact_name')} | people/resident/contact_name | ${reason} |
| | text | contact_phone | 紧急联系人电话 | Phone of the contact | | regex(., '^[0-9]{11}$') | 请填写 11 位手机号 | Eleven digits | ${save('contact_phone')} | people/resident/contact_phone | ${reason} |
| | select_one heat | heating | ${heat} | Is the heating warm | yes | | | | | | |
| | image | photo | 楼道照片 | Photo of the hall | | | | | | | |
| | begin_repeat | visitor | 常来看望的人 | Visitors | | | | | | | |
| | text | visitor_name | 称呼 | Name | | | | | | | |
| | end_repeat | visitor | | | | | | | | | |
| choices |
| | list_name | name | label::Chinese (zh) | label::English (en) |
| | heat | warm | 热 | Warm |
| | heat | cold | 不热 | Cold |
${more}${saves ? entities : ''}| settings |
| | form_title | form_id | version | default_language |
| | 冬季走访 | ${id} | ${version} | Chinese (zh) |
`;
}

/** A suggestion box anybody may answer. */
export const SUGGESTION = `
| survey |
| | type | name | label | required |
| | select_one place | place | 说的是哪里 | yes |
| | text | idea | 您的建议 | yes |
| choices |
| | list_name | name | label |
| | place | yard | 院内 |
| | place | street | 街边 |
| settings |
| | form_title | form_id | version |
| | 居民建议箱 | suggestion_box | 1 |
`;
