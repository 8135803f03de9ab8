// SPDX-License-Identifier: MIT
// hello.c and shop.c for k6: BENCH_SCENARIO=hello or shop, BENCH_BASE=http://... .
import http from 'k6/http';
import { check } from 'k6';

export const options = {
  vus: 100,
  duration: `${__ENV.BENCH_SECONDS}s`,
  insecureSkipTLSVerify: true,
  discardResponseBodies: true,
  noCookiesReset: true,
  summaryTrendStats: ['avg', 'med', 'p(99)'],
};

const base = __ENV.BENCH_BASE;
const json = { 'Content-Type': 'application/json' };
let token = null; // of this VU

// `name` groups addresses with an id, as it does in the other clients.
function params(headers, name, statuses) {
  const p = { headers: Object.assign({ Authorization: `Bearer ${token}` }, headers) };
  if (name) p.tags = { name: name };
  if (statuses) p.responseCallback = statuses;
  return p;
}

const ordered = http.expectedStatuses(201, 409);

function shop() {
  if (token === null) {
    const res = http.post(`${base}/api/auth/login`,
      '{"email": "loadtest@example.com", "password": "test-password-123"}',
      { headers: json, responseType: 'text' });
    token = res.json('token');
  }
  const n = Math.floor(Math.random() * 10);
  const id = 1 + Math.floor(Math.random() * 1000);
  if (n < 5) {
    http.get(`${base}/api/products?page=1&limit=20`, params({}));
  } else if (n < 8) {
    http.get(`${base}/api/products/${id}`, params({}, `${base}/api/products/[id]`));
  } else if (n < 9) {
    http.post(`${base}/api/cart/items`, `{"product_id": ${id}, "quantity": 1}`, params(json));
  } else {
    const res = http.post(`${base}/api/orders`, '{"payment_method": "test"}',
      params(json, null, ordered));
    check(res, { ordered: (r) => r.status === 201 });
  }
}

export default function () {
  if (__ENV.BENCH_SCENARIO === 'shop') shop();
  else http.get(`${base}/`);
}

export function handleSummary(data) {
  return { [__ENV.BENCH_OUT]: JSON.stringify(data) };
}
