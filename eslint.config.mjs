import n8nCommunityNodes from '@n8n/eslint-plugin-community-nodes';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

const typed = { parserOptions: { project: './test/tsconfig.json', tsconfigRootDir: import.meta.dirname } };

export default tseslint.config(
	{ ignores: ['dist/', '.n8n/', 'test/engine/fixture-package/', '**/*.md'] },

	// TypeScript, product and tests.
	{
		files: ['**/*.ts'],
		extends: [tseslint.configs.strictTypeChecked],
		languageOptions: typed,
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			// Numbers in messages are intended.
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
			// To leave fields out of an object, they are named with a leading underscore beside the rest.
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
			],
			// n8n's and undici's declarations claim that values are always present, which older versions lack.
			'@typescript-eslint/no-unnecessary-condition': 'off',
			// A class of n8n has no constructor, only fields and a method.
			'@typescript-eslint/no-extraneous-class': 'off',
			// An async function without await still turns what it throws into a rejection, which n8n's interfaces expect.
			'@typescript-eslint/require-await': 'off',
			// `() => stop()` is shorter than a block and just as clear.
			'@typescript-eslint/no-confusing-void-expression': [
				'error',
				{ ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
			],
			// `return await` keeps the function in the stack trace, and lets its try and finally see a rejection.
			'@typescript-eslint/return-await': ['error', 'always'],
			'@typescript-eslint/explicit-module-boundary-types': 'off',
			'max-lines': ['error', 250],
		},
	},

	{ files: ['nodes/**/*.ts', 'credentials/**/*.ts'], rules: { 'max-lines-per-function': ['error', 40] } },

	{
		files: ['test/**/*.ts'],
		rules: {
			'no-restricted-globals': [
				'error',
				{ name: 'fetch', message: 'It fails if a server closes an idle connection: use sandbox/fetch.' },
			],
		},
	},

	// n8n's linters for nodes and credentials; the preset without n8n Cloud's verification, which bundled libraries do not pass.
	{
		files: ['nodes/**/*.ts', 'credentials/**/*.ts'],
		extends: [n8nCommunityNodes.configs.recommendedWithoutN8nCloudSupport],
		rules: {
			// Errors become NodeApiError and NodeOperationError in node-support/node-error.ts; the layers below do not use n8n.
			'@n8n/community-nodes/require-node-api-error': 'off',
			// The rule looks for pairedItem in each node file; it is set where the items are built.
			'@n8n/community-nodes/missing-paired-item': 'off',
			// The rule takes certificates for secrets. They are public, and users must see which one is in use.
			'@n8n/community-nodes/credential-password-field': 'off',
		},
	},
	{
		files: ['package.json'],
		extends: [n8nCommunityNodes.configs.recommendedWithoutN8nCloudSupport],
		languageOptions: { parser: tseslint.parser, parserOptions: { extraFileExtensions: ['.json'] } },
	},
	{
		files: ['nodes/**/*.ts'],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		rules: {
			...n8nNodesBase.configs.nodes.rules,
			// They expect the string 'main'; the community-nodes plugin expects NodeConnectionTypes.Main, which newer n8n requires.
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			// They expect an icon to be one string; ours have a light and a dark one.
			'n8n-nodes-base/node-class-description-icon-not-svg': 'off',
		},
	},
	{
		files: ['credentials/**/*.ts'],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		rules: {
			...n8nNodesBase.configs.credentials.rules,
			// It expects a documentation page in n8n's own repository; a community package links to its own.
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
		},
	},
);
