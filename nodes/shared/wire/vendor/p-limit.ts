// Loaded on first use only: the build replaces this file with a bundle of the library.
export { default as pLimit } from 'p-limit';
