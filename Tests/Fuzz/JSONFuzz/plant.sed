# A number may begin with a zero.
s/if !take\(UInt8\(ascii: "0"\), bytes\) \{ try digits\(bytes\) \}/try digits(bytes)/
