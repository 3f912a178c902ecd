// What the script adds to pages that are complete without it. One module a concern.
import { start as startCells } from "./cells.js";
import { start as startCategories } from "./categories.js";
import { start as startCopying } from "./copy.js";
import { start as startForms } from "./forms.js";
import { start as startKeys } from "./keys.js";
import { start as startLive } from "./live.js";
import { localise } from "./format.js";
import { start as startMapping } from "./mapping.js";
import { start as startPairs } from "./pairs.js";
import { start as startRows } from "./rows.js";
import { start as startToasts } from "./toasts.js";
import { start as startUploads } from "./upload.js";

localise(document);
startCategories();
startCells();
startCopying();
startPairs();
startForms();
startKeys();
startRows();
startToasts();
startMapping();
startUploads();
startLive();
