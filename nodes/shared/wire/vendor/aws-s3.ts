// Loaded on first use only: the build replaces this file with a bundle of the libraries.
export { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
export { UndiciHttpHandler } from '@smithy/undici-http-handler';
