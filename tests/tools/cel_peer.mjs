// SPDX-License-Identifier: Apache-2.0
// Evaluates lines {"expr": TEXT} with a CEL package of npm: arguments: FOLDER (with node_modules), PEER
// (bufbuild or marcbachmann). Answers {"value": VALUE} with types as cel-driver has them, or {"error": TEXT}.
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [folder, peer] = process.argv.slice(2)
const require = createRequire(pathToFileURL(folder + '/x.js'))
const load = async (name) => import(pathToFileURL(require.resolve(name)).href).then((m) => m.default ?? m)

function typed(v, uint) {
  if (v === null) return { null: null }
  if (typeof v === 'boolean') return { bool: v }
  if (typeof v === 'bigint') return { int: String(v) }
  if (typeof v === 'number') return { double: Number.isFinite(v) ? (Object.is(v, -0) ? '-0' : String(v)) : Number.isNaN(v) ? 'NaN' : v > 0 ? '+Inf' : '-Inf' }
  if (typeof v === 'string') return { string: v }
  if (v instanceof Uint8Array) return { bytes: Buffer.from(v).toString('base64') }
  const u = uint(v)
  if (u !== undefined) return { uint: String(u) }
  if (v instanceof Map) return { map: [...v].map(([k, x]) => [typed(k, uint), typed(x, uint)]) }
  if (Array.isArray(v)) return { list: v.map((x) => typed(x, uint)) }
  if (typeof v[Symbol.iterator] === 'function') {
    const all = [...v]
    const isMap = typeof v.get === 'function' && all.every((x) => Array.isArray(x) && x.length === 2) && typeof v.has === 'function'
    return isMap ? { map: all.map(([k, x]) => [typed(k, uint), typed(x, uint)]) } : { list: all.map((x) => typed(x, uint)) }
  }
  if (Object.getPrototypeOf(v) === Object.prototype || Object.getPrototypeOf(v) === null)
    return { map: Object.entries(v).map(([k, x]) => [{ string: k }, typed(x, uint)]) }
  return { other: String(v.name ?? v.constructor?.name) }
}

let evaluate, uint
if (peer === 'bufbuild') {
  const cel = await load('@bufbuild/cel')
  const ext = await load('@bufbuild/cel/ext')
  evaluate = (text) => {
    const v = cel.run(text, {}, { funcs: ext.strings })
    if (v && typeof v === 'object' && cel.isCelError?.(v)) throw v
    return v
  }
  uint = (v) => (cel.isCelUint?.(v) ? v.value : undefined)
} else {
  const cel = await load('@marcbachmann/cel-js')
  const env = new cel.Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true })
  evaluate = (text) => env.evaluate(text, {})
  uint = (v) => (v?.constructor?.name === 'UnsignedInt' ? v.value ?? v.valueOf() : undefined)
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    answer = { value: typed(evaluate(JSON.parse(line).expr), uint) }
  } catch (e) {
    answer = { error: String(e?.message ?? e).slice(0, 200) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
