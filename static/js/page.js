// What every page has: the theme switch, menus that close, the key to the search, polled lists that keep focus, the session warning.

import "./lib/theme.js";
import "./lib/reload.js";
import "./lib/session.js";
import { keepOpenWhatWasOpen, patchLists, reportTrouble } from "./lib/live.js";
import { askBeforeSubmit } from "./lib/confirm.js";
import { copyFields } from "./lib/copy_field.js";
import { closeMenus } from "./lib/menu.js";
import { leadToSearch } from "./lib/search_key.js";

closeMenus(document);
copyFields(document);
leadToSearch(document);
askBeforeSubmit(document);
patchLists(document.body);
keepOpenWhatWasOpen(document.body);
reportTrouble(document.body);
