// Every page at a phone's width, in English.
import { phone } from '../lib/browser.mjs';
import { walkAllPages } from '../lib/walks.mjs';

walkAllPages('phone-en', phone, 'en');
