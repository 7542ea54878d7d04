import assert from 'node:assert/strict'
import { it } from 'node:test'
import { slug } from '../src/slug.js'

it('joins words', () => assert.equal(slug('Hello,  World!'), 'hello-world'))
it('keeps letters without their accents', () => assert.equal(slug('Año nuevo'), 'ano-nuevo'))
it('is empty when there is nothing to keep', () => assert.equal(slug('¡…!'), ''))
