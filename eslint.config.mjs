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
			// Numbers in messages are meant to be there.
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
			// Fields are left out of an object by naming them with a leading underscore beside the rest.
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
			],
			// n8n's and undici's declarations claim that values are always there which are not in older versions.
			'@typescript-eslint/no-unnecessary-condition': 'off',
			// A class of n8n has no constructor, only fields and a method.
			'@typescript-eslint/no-extraneous-class': 'off',
			// An async function without await still turns what it throws into a rejection, which n8n's interfaces ask for.
			'@typescript-eslint/require-await': 'off',
			// `() => stop()` is shorter than a block and confuses nobody.
			'@typescript-eslint/no-confusing-void-expression': [
				'error',
				{ ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
			],
			// `return await` keeps the function in the stack, and lets its try and finally see a rejection.
			'@typescript-eslint/return-await': ['error', 'always'],
			'@typescript-eslint/explicit-module-boundary-types': 'off',
		},
	},

	// The field's linters for nodes and credentials; the preset without n8n Cloud's verification, since bundled libraries do not pass it.
	{
		files: ['nodes/**/*.ts', 'credentials/**/*.ts'],
		extends: [n8nCommunityNodes.configs.recommendedWithoutN8nCloudSupport],
		rules: {
			// Errors become NodeApiError and NodeOperationError in one place, node-support/map-items.ts; what is below does not know n8n.
			'@n8n/community-nodes/require-node-api-error': 'off',
			// Likewise pairedItem, which the rule looks for in each node.
			'@n8n/community-nodes/missing-paired-item': 'off',
			// It takes certificates for secrets. They are public, and a user has to see which one is in use.
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
			// They want the string 'main'; the community-nodes plugin wants NodeConnectionTypes.Main, which newer n8n asks for.
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			// They know an icon as one text only; ours are a light and a dark one.
			'n8n-nodes-base/node-class-description-icon-not-svg': 'off',
		},
	},
	{
		files: ['credentials/**/*.ts'],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		rules: {
			...n8nNodesBase.configs.credentials.rules,
			// It wants a documentation page of n8n's own repository; a community package links to its own.
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
		},
	},
);
