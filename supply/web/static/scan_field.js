/* Owns: a scan anywhere on the page fills the form with data-scan-form and sends it. Without script one clicks into the
 * field first. Must never post: reading a code changes nothing. */

import { Wedge } from "./kiosk/wedge.js";

const form = document.querySelector("form[data-scan-form]");
if (form) {
  const field = form.querySelector('[name="barcode"]');
  new Wedge({
    onScan(text) {
      field.value = text.replaceAll("\u001d", "{GS}");
      form.requestSubmit();
    },
  });
}
