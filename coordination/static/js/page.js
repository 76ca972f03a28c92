// Small comforts; every page works without them. Each looks for its own attribute and does nothing where there is none.
import { guard } from "./guard.js";
import { focus } from "./focus.js";
import { drawer, folds } from "./drawer.js";
import { reading } from "./reading.js";
import { files } from "./files.js";
import { compare } from "./compare.js";
import { printing } from "./printing.js";

for (const comfort of [guard, focus, drawer, folds, reading, files, compare, printing]) comfort(document);
