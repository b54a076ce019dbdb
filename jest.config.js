/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	rootDir: '.',
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	// `npm run typecheck` checks the types once for all. p-retry and p-limit are published as ES modules, so they are transformed.
	transform: {
		'\\.(ts|js)$': ['ts-jest', { tsconfig: 'test/tsconfig.json', diagnostics: false }],
	},
	transformIgnorePatterns: ['/node_modules/(?!(p-retry|p-limit|yocto-queue|is-network-error)/)'],
	// Tests in test/ack need an installed n8n: npm run test:ack.
	testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/ack/'],
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.n8n/'],
	// In ms. Only a test that hangs reaches it. Starting n8n's engine and the sandbox has taken 20 s beside other work.
	testTimeout: 120_000,
};
