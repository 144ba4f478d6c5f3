// The API's description, drawn by Swagger UI in place of the plain list.

import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

SwaggerUI({ url: "/openapi.json", domNode: document.getElementById("api"), defaultModelsExpandDepth: -1, displayRequestDuration: true });
