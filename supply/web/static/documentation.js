// Starts Swagger on our own description; its packaged page would need an inline script.
const place = document.getElementById("swagger");
window.SwaggerUIBundle({
  url: place.dataset.description,
  domNode: place,
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor(request) {
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token) request.headers["X-CSRF-Token"] = token.content;
    return request;
  },
});
