/** Raised by the control API for a request that it cannot carry out (400). */
export class SandboxRequestError extends Error {}
