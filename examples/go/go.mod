module millicast.example/guide

go 1.19
