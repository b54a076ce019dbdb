/** Thrown for a request that the control API cannot execute; answered with 400. */
export class SandboxRequestError extends Error {}
