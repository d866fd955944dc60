import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";
import { signed, type App } from "./sign";

interface OutgoingRequest {
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/** Shows the reference in an element; what is tried there is signed for the app. */
export function showReference(element: HTMLElement, app: () => App) {
  nameBodies(element);
  SwaggerUI({
    domNode: element,
    url: "/openapi.json",
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    validatorUrl: null,
    // Its colours are hard to read.
    syntaxHighlight: { activated: false },
    requestInterceptor: (request: OutgoingRequest) => {
      if (new URL(request.url, location.href).pathname === "/openapi.json") return request;
      Object.assign(request.headers, signed(app(), request.body ?? "", Date.now()));
      return request;
    },
    // The app is entered above.
    plugins: [{ wrapComponents: { authorizeBtn: () => () => null, authorizeOperationBtn: () => () => null } }],
  });
}

/** The viewer gives the fields for bodies no names, which those who hear the page need. */
function nameBodies(element: HTMLElement) {
  new MutationObserver(() => {
    for (const field of element.querySelectorAll("textarea:not([aria-label])"))
      field.setAttribute("aria-label", "body");
  }).observe(element, { childList: true, subtree: true });
}
