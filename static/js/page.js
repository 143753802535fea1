// What every page has: the theme switch, menus that close, the key to the search, polled lists that keep focus, the session warning.

import "./lib/page/theme.js";
import "./lib/page/reload.js";
import "./lib/page/session.js";
import { keepOpenWhatWasOpen, patchLists, reportTrouble } from "./lib/page/live.js";
import { askBeforeSubmit } from "./lib/page/confirm.js";
import { copyFields } from "./lib/page/copy_field.js";
import { closeMenus } from "./lib/page/menu.js";
import { leadToSearch } from "./lib/page/search_key.js";

closeMenus(document);
copyFields(document);
leadToSearch(document);
askBeforeSubmit(document);
patchLists(document.body);
keepOpenWhatWasOpen(document.body);
reportTrouble(document.body);
