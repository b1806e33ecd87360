// The nonce that the server gave this page (src/api/routes/web.ts): styles made by script carry it, as the content policy asks.

/** Empty where the page came from another server, as in development. */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

/** Read by get-nonce, which react-remove-scroll (below Mantine's drawers and dialogs) asks for the nonce of its style. */
Object.assign(globalThis, { __webpack_nonce__: styleNonce });
