-- SPDX-License-Identifier: MIT
-- The requests of samples/shop.c for wrk: the same mix and the same bytes but for the user's own
-- token. BENCH_TOKEN is that of a login made beforehand, as wrk's users cannot log in each.

local host = os.getenv("BENCH_HOST")
local common = " HTTP/1.1\r\nHost: " .. host .. "\r\nAuthorization: Bearer " ..
    os.getenv("BENCH_TOKEN") .. "\r\n" .. (os.getenv("BENCH_HEADERS") or "")

local function post(path, body)
    return "POST " .. path .. common .. "Content-Type: application/json\r\nContent-Length: " ..
        #body .. "\r\n\r\n" .. body
end

-- All requests are made here, once: Lua shall not be what is measured.
local browse = "GET /api/products?page=1&limit=20" .. common .. "\r\n"
local order = post("/api/orders", '{"payment_method": "test"}')
local view, add = {}, {}
for id = 1, 1000 do
    view[id] = "GET /api/products/" .. id .. common .. "\r\n"
    add[id] = post("/api/cart/items", '{"product_id": ' .. id .. ', "quantity": 1}')
end

local random = math.random

function init(args)
    math.randomseed(1)
end

function request()
    local n = random(10)
    if n <= 5 then
        return browse
    elseif n <= 8 then
        return view[random(1000)]
    elseif n == 9 then
        return add[random(1000)]
    end
    return order
end
