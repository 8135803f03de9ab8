# SPDX-License-Identifier: MIT
# What all parts of the build share: language, warnings, sanitizers, the layout of the build tree.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

option(ACRIDA_WERROR "Treat warnings as errors (for developers and CI)" OFF)
set(ACRIDA_SANITIZE "" CACHE STRING "Sanitizers: address,undefined or thread")

option(ACRIDA_FUZZ "Fuzz targets in tests/fuzz with libFuzzer (clang)" OFF)
if(ACRIDA_FUZZ)
  set(ACRIDA_SANITIZE address,undefined,fuzzer-no-link)
endif()

# Frame pointers stay, so that a profile of a busy generator shows who calls whom.
add_compile_options($<$<COMPILE_LANGUAGE:C>:-fno-omit-frame-pointer>)
if(ACRIDA_SANITIZE)
  add_compile_options(-fsanitize=${ACRIDA_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ACRIDA_SANITIZE})
endif()

# gcc clears and copies structs of some hundred bytes by "rep stos", which takes longer than all of the
# moves it stands for; and calls of a library's own functions go by its table of imports unless told otherwise.
if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND NOT ACRIDA_SANITIZE)
  add_compile_options($<$<COMPILE_LANGUAGE:C>:-fno-semantic-interposition>)
  # Each library is optimised as a whole; tests that link its objects take their ordinary half.
  if(CMAKE_BUILD_TYPE MATCHES "Rel")
    add_compile_options($<$<COMPILE_LANGUAGE:C>:-flto=auto> $<$<COMPILE_LANGUAGE:C>:-ffat-lto-objects>)
    set(ACRIDA_LINK_WHOLE -flto=auto)
  endif()
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    set(moves unrolled_loop:256:noalign,libcall:-1:noalign)
    add_compile_options($<$<COMPILE_LANGUAGE:C>:-mmemset-strategy=${moves}>
                        $<$<COMPILE_LANGUAGE:C>:-mmemcpy-strategy=${moves}>)
  endif()
endif()

# packaging/optimise.sh: built once to learn which code is hot, and once more with what was learnt.
set(ACRIDA_PROFILE "" CACHE STRING "learn or use: optimise with a profile (gcc; see packaging/optimise.sh)")
set(profile_folder ${CMAKE_BINARY_DIR}/profile)
if(ACRIDA_PROFILE STREQUAL "learn")
  add_compile_options($<$<COMPILE_LANGUAGE:C>:-fprofile-generate=${profile_folder}>
                      $<$<COMPILE_LANGUAGE:C>:-fprofile-update=prefer-atomic>)
  add_link_options(-fprofile-generate)
elseif(ACRIDA_PROFILE STREQUAL "use")
  # What was not run then is optimised as ever, not for size.
  add_compile_options($<$<COMPILE_LANGUAGE:C>:-fprofile-use=${profile_folder}>
                      $<$<COMPILE_LANGUAGE:C>:-fprofile-partial-training>
                      $<$<COMPILE_LANGUAGE:C>:-Wno-missing-profile>)
elseif(NOT ACRIDA_PROFILE STREQUAL "")
  message(FATAL_ERROR "ACRIDA_PROFILE is learn, use, or nothing; not ${ACRIDA_PROFILE}")
endif()

set(ACRIDA_WARNINGS -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
    -Wvla -Wundef -Wformat=2 -Wpointer-arith)
if(ACRIDA_WERROR)
  list(APPEND ACRIDA_WARNINGS -Werror)
endif()

# The build tree looks like an installed one, so that the same relative look-ups work in both.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/${CMAKE_INSTALL_LIBDIR})
set(ACRIDA_PLUGIN_SUBDIR acrida/plugins)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/${CMAKE_INSTALL_INCLUDEDIR})
file(CREATE_LINK ${CMAKE_SOURCE_DIR}/sdk/include/acrida
     ${CMAKE_BINARY_DIR}/${CMAKE_INSTALL_INCLUDEDIR}/acrida SYMBOLIC)

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# acrida_plugin(NAME <name> SOURCES ... [LIBRARIES ...] [MAP file]): a plugin shipped with acrida.
# Its objects are a library of their own, so that unit tests reach what the plugin does not export.
function(acrida_plugin)
  cmake_parse_arguments(P "" "NAME;MAP" "SOURCES;LIBRARIES" ${ARGN})
  add_library(acrida_${P_NAME}_objects OBJECT ${P_SOURCES})
  target_include_directories(acrida_${P_NAME}_objects PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_options(acrida_${P_NAME}_objects PRIVATE ${ACRIDA_WARNINGS})
  target_compile_definitions(acrida_${P_NAME}_objects PRIVATE ACRIDA_VERSION="${PROJECT_VERSION}")
  target_link_libraries(acrida_${P_NAME}_objects PUBLIC acrida_sdk ${P_LIBRARIES})

  add_library(acrida-${P_NAME} SHARED)
  target_link_libraries(acrida-${P_NAME} PRIVATE acrida_${P_NAME}_objects acrida)
  target_link_options(acrida-${P_NAME} PRIVATE ${ACRIDA_LINK_WHOLE})
  set_target_properties(acrida-${P_NAME} PROPERTIES SOVERSION 0 VERSION ${PROJECT_VERSION}
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_LIBRARY_OUTPUT_DIRECTORY}/${ACRIDA_PLUGIN_SUBDIR}
    INSTALL_RPATH "$ORIGIN/../..")
  if(P_MAP)
    target_link_options(acrida-${P_NAME} PRIVATE
      -Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/${P_MAP})
    set_property(TARGET acrida-${P_NAME} APPEND PROPERTY LINK_DEPENDS
      ${CMAKE_CURRENT_SOURCE_DIR}/${P_MAP})
  endif()
  install(TARGETS acrida-${P_NAME} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/${ACRIDA_PLUGIN_SUBDIR})
endfunction()
