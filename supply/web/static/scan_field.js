/* Owns: a scan anywhere on the page fills the form with data-scan-form and sends it. Without script one clicks into the
 * field first. Must never post: reading a code changes nothing. */

import { watchFirstScan } from "./first_scan.js";
import { Wedge } from "./kiosk/wedge.js";

const form = document.querySelector("form[data-scan-form]");
if (form) {
  const field = form.querySelector('[name="barcode"]');
  const isReady = watchFirstScan(form);
  new Wedge({
    onScan(text) {
      field.value = isReady() ? text.replaceAll("\u001d", "{GS}") : "";
      if (isReady()) form.requestSubmit();
    },
  });
}
