# A user's CMakeLists.txt.
cmake_minimum_required(VERSION 3.13)
project(prog C)
find_package(millicast_tokens 0.1 REQUIRED)
add_executable(prog prog.c)
target_link_libraries(prog PRIVATE millicast_tokens::shared)
