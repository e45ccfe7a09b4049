-- SPDX-License-Identifier: MIT
-- What Lua needs of a C library, tried from inside.

-- numbers and text
assert(string.format("%5.2f|%g|%d|%s|%q", 1 / 3, 1e100, 42, nil, "a\n") == " 0.33|1e+100|42|nil|\"a\\\n\"")
assert(math.abs(math.sin(1) ^ 2 + math.cos(1) ^ 2 - 1) < 1e-15 and math.type(3 // 2) == "integer")
assert(tonumber("0x1p4") == 16 and tonumber("1e1") == 10 and tonumber("z", 36) == 35)
assert(("hello"):rep(3, ","):gsub("l+", "L") == "heLo,heLo,heLo")
assert(utf8.char(228, 8364) == "ä€" and utf8.len("ä€") == 2)
assert(string.unpack("<i4", string.pack("<i4", -7)) == -7)

-- tables, closures, errors, coroutines
local list = {}
for i = 1, 5000 do list[i] = (i * 7919) % 5003 end
table.sort(list)
for i = 2, #list do assert(list[i - 1] <= list[i]) end
local ok, message = pcall(error, {code = 5})
assert(not ok and message.code == 5)
assert(select(2, pcall(function() local x = nil; return x.y end)):find("index a nil value"))
local squares = coroutine.wrap(function() for i = 1, 100 do coroutine.yield(i * i) end end)
for i = 1, 100 do assert(squares() == i * i) end
assert(load("return ...", "chunk")(7) == 7 and not load("return ("))
local deep = 0
local function dive() deep = deep + 1; return 1 + dive() end
assert(not pcall(dive) and deep > 1000)

-- memory: much of it, and back
collectgarbage()
local before = collectgarbage("count")
do
    local garbage = {}
    for i = 1, 20000 do garbage[i] = {tostring(i), string.rep("x", i % 100)} end
    assert(#table.concat(garbage[20000]) == 5)
    assert(#string.rep("y", 1 << 20) == 1 << 20)
end
collectgarbage()
assert(collectgarbage("count") < before + 100)

-- the system
assert(os.time() >= 0 and os.clock() >= 0 and os.getenv("NOTHING") == nil)
assert(type(os.date("%Y-%m-%d")) == "string")
assert(os.time {year = 2001, month = 9, day = 9, hour = 1, min = 46, sec = 40} == 1000000000)
local file, why, number = io.open("/nothing")
assert(file == nil and why == "/nothing: No such file or directory" and number == 2)
assert(not os.execute("nothing") and not os.remove("/nothing"))
io.write("lua: ", _VERSION, " is well\n")
