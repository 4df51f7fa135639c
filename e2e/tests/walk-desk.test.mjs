// Every page on a desk, in Chinese.
import { desktop } from '../lib/browser.mjs';
import { walkAllPages } from '../lib/walks.mjs';

walkAllPages('desk-zh', desktop, 'zh-CN');
