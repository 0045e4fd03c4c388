// "Fill in" beside a person puts her e-mail and password into the form.
"use strict";

for (const button of document.querySelectorAll("button[data-email]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    document.getElementById("email").value = button.dataset.email;
    document.getElementById("password").value = button.dataset.password;
    document.querySelector("form button[type=submit]").focus();
  });
}
