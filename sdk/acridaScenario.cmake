# SPDX-License-Identifier: MIT

# acrida_scenario(<name> SOURCES <file>... [PACKAGES <pkg-config package>...])
#
# Makes <name>.so, a scenario for `acrida -f <name>.so`, with the flags that acrida itself uses: small
# stacks want their guard page hit, not jumped over, and large frames reported.
function(acrida_scenario name)
  cmake_parse_arguments(PARSE_ARGV 1 S "" "" "SOURCES;PACKAGES")
  if(NOT S_SOURCES)
    message(FATAL_ERROR "acrida_scenario(${name}): no SOURCES")
  endif()
  if(S_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "acrida_scenario(${name}): unknown: ${S_UNPARSED_ARGUMENTS}")
  endif()

  add_library(${name} MODULE ${S_SOURCES})
  # Acrida has loaded its libraries before the scenario, so a path to them would only tie the scenario
  # to the machine it was built on.
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX ".so"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden SKIP_BUILD_RPATH ON)
  target_compile_options(${name} PRIVATE -fstack-clash-protection -fno-optimize-sibling-calls -Wframe-larger-than=16384)
  target_link_options(${name} PRIVATE -Wl,--as-needed)
  target_link_libraries(${name} PRIVATE acrida::http acrida::acrida m)

  if(S_PACKAGES)
    find_package(PkgConfig REQUIRED)
    foreach(package IN LISTS S_PACKAGES)
      string(MAKE_C_IDENTIFIER "acrida_package_${package}" variable)
      pkg_check_modules(${variable} REQUIRED IMPORTED_TARGET ${package})
      target_link_libraries(${name} PRIVATE PkgConfig::${variable})
    endforeach()
  endif()
endfunction()
