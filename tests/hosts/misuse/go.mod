module millicast.example/misuse

go 1.19

require millicast.example/guide v0.0.0

replace millicast.example/guide => ../../../examples/go
