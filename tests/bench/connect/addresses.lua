-- SPDX-License-Identifier: MIT
-- Each thread of wrk asks another address: 127.0.0.1 and on.
local thread_number = 0

function setup(thread)
    thread_number = thread_number + 1
    for _, address in ipairs(wrk.lookup("127.0.0." .. thread_number, wrk.port)) do
        if wrk.connect(address) then
            thread.addr = address
            return
        end
    end
    error("127.0.0." .. thread_number .. " does not answer")
end
