// The first question, asked while the rest of the page is still on its way.

import { subscribe } from "./ipc.js";

export const opening = subscribe();
