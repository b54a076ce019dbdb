/** @type {import('jest').Config} */
module.exports = {
	...require('../../jest.config'),
	rootDir: '../..',
	roots: ['<rootDir>/test/ack'],
	testPathIgnorePatterns: ['/node_modules/'],
	testTimeout: 60_000,
};
